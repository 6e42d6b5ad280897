"""Messages: newsletters to segments, messages to one customer, and what became of them."""
