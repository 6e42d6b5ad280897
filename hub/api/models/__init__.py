"""What travels over the REST API, both ways."""
