"""Messenger on loopback: a stateful server that holds to the contract of a Page's conversations."""

from hub.testing.platforms.messenger.server import MessengerServer
from hub.testing.platforms.messenger.state import Page, Taken

__all__ = ["MessengerServer", "Page", "Taken"]
