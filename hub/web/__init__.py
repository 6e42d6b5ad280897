"""Pages for people. They know the core, and nothing of the REST API."""
