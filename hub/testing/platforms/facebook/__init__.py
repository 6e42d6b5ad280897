"""Facebook on loopback: a stateful server that holds to the Marketing API's contract for Custom Audiences."""

from hub.testing.platforms.facebook.server import FacebookServer
from hub.testing.platforms.facebook.state import Account, Audience, Token

__all__ = ["Account", "Audience", "FacebookServer", "Token"]
