"""The REST API: one router per noun over the hub's facade."""
