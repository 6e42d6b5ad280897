"""The operations of the REST API, one router per noun."""
