"""The platform of the demo: an account on loopback that holds to the Mailchimp API's contract."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hub.testing.platforms.mailchimp import MailchimpServer

LIST = "Friends of the theatre"


@dataclass(frozen=True)
class Platform:
    """An account with one list, and a look behind its counter."""

    server: MailchimpServer
    list_id: str
    key: str = field(repr=False)

    def settings(self) -> dict[str, object]:
        """What the sink ``mailchimp`` is told of it."""
        return {"api_key": self.key, "list_id": self.list_id, "base_url": self.server.url}

    def tagged(self, tag: str) -> frozenset[str]:
        """The addresses that carry a tag, as the platform itself has them."""
        return frozenset(self.server.tagged(self.list_id, tag))

    @property
    def writes(self) -> int:
        """How many requests that change something it has answered."""
        return sum(request.method != "GET" for request in self.server.requests)


@contextmanager
def loopback_platform() -> Iterator[Platform]:
    """A platform that answers while the block lasts."""
    key = f"{secrets.token_hex(16)}-us1"
    with MailchimpServer(key) as server:
        yield Platform(server, server.add_list(LIST), key)
