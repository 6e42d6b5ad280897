"""What became of messages, and what customers answer."""
