"""The composition root: makes a hub of a home's settings."""

from hub.core.app.foundation import STORE
from hub.core.app.homes import make_home
from hub.core.app.hub import Hub, open_hub

__all__ = ["STORE", "Hub", "make_home", "open_hub"]
