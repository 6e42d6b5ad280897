"""Viber on loopback: a stateful server that holds to the contract of bots."""

from hub.testing.platforms.viber.server import ViberServer
from hub.testing.platforms.viber.state import Bot, Taken

__all__ = ["Bot", "Taken", "ViberServer"]
