"""The customers in segments: lists, profiles, tags, members by hand, and why somebody is in."""
