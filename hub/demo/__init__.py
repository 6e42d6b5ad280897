"""The demo: an invented theatre, brought in and kept true on a platform on loopback."""
