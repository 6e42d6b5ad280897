"""The contracts between the hub and its plugins. They know nothing of the rest of the hub."""
