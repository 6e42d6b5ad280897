"""The Mailchimp server: authentication, the limit on connections, the calls, and a way to look inside."""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import contacts, listing, lists, segments
from hub.testing.platforms.mailchimp.batches import Batches
from hub.testing.platforms.mailchimp.ecommerce import Ecommerce
from hub.testing.platforms.mailchimp.problems import Problem, not_found, throttled
from hub.testing.platforms.mailchimp.routing import dispatch
from hub.testing.platforms.mailchimp.state import Account, AudienceList, Contact, MergeField, subscriber_hash
from hub.testing.platforms.messages import Reply, Request
from hub.testing.platforms.server import LoopbackServer

_PREFIX = "/3.0"
_MOST_CONNECTIONS = 10


class MailchimpServer(LoopbackServer):
    """A Mailchimp account on loopback; ``url`` is what a client takes as its base.

    Attributes:
        account: what it holds, and knobs for behaviour that Mailchimp leaves open.
        batches: the batches, and how long they take.
        ecommerce: the stores that are connected.
    """

    def __init__(self, key: str, port: int = 0) -> None:
        super().__init__(port)
        self.account = Account(key)
        self.batches = Batches(self._perform, lambda: self.root)
        self.ecommerce = Ecommerce()
        self._routes = [
            *lists.routes(),
            *contacts.routes(),
            *listing.routes(),
            *segments.routes(),
            *self.batches.routes(),
            *self.ecommerce.routes(),
        ]

    @property
    def url(self) -> str:
        """Base URL of the interface, version included."""
        return self.root + _PREFIX

    def add_list(self, name: str, *fields: MergeField) -> str:
        """Make a list with FNAME, LNAME and the given merge fields; returns its id."""
        return self.account.make_list(name, *fields).id

    def list(self, list_id: str) -> AudienceList:
        """A list, to look into or to change behind a client's back."""
        return self.account.lists[list_id]

    def members(self, list_id: str) -> Mapping[str, Contact]:
        """The contacts of a list, archived ones included, by lower-case address."""
        with self.account.lock:
            found = self.account.lists[list_id].contacts.values()
            return {contact.email_address.lower(): contact for contact in found}

    def member(self, list_id: str, address: str) -> Contact:
        """One contact of a list."""
        return self.account.lists[list_id].contacts[subscriber_hash(address)]

    def depart(self, list_id: str, address: str, status: str = "unsubscribed", reason: str = "") -> None:
        """Let a contact unsubscribe, with the reason Mailchimp notes, or bounce (``cleaned``), on the platform."""
        with self.account.lock:
            self.account.touch(self.member(list_id, address), status, reason)

    def revoke_key(self) -> None:
        """Refuse the key from now on."""
        self.account.key = secrets.token_hex(16)

    def remove_list(self, list_id: str) -> None:
        """Delete a list with all its contacts."""
        with self.account.lock:
            del self.account.lists[list_id]

    def tagged(self, list_id: str, tag: str | int) -> set[str]:
        """Lower-case addresses that carry a tag, given by name or id; empty when there is no such tag."""
        with self.account.lock:
            one = self.account.lists[list_id]
            segment = one.segments.get(tag) if isinstance(tag, int) else one.segment_named(tag)
            return {one.contacts[hashed].email_address.lower() for hashed in segment.members} if segment else set()

    def respond(self, request: Request, busy: int) -> Reply:
        """Answer as Mailchimp does; ``/__state`` and ``/__faults`` are for tests in other processes."""
        if request.path.startswith("/__"):
            return self._inspect(request)
        if request.path.startswith("/batch-results/"):
            return self.batches.results(request.path.rpartition("/")[2])
        if busy > _MOST_CONNECTIONS:
            return throttled().reply()
        if not self._is_known(request.headers.get("authorization", "")):
            detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
            return Problem(401, "API Key Invalid", detail).reply()
        if not request.path.startswith(f"{_PREFIX}/"):
            return not_found().reply()
        return self._perform(request.method, request.path.removeprefix(_PREFIX), request.query, request.body)

    def _perform(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Reply:
        return dispatch(self._routes, self.account, method, path, query, body)

    def _is_known(self, header: str) -> bool:
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer":
            return hmac.compare_digest(value.encode(), self.account.key.encode())
        if scheme.lower() != "basic":
            return False
        try:
            password = base64.b64decode(value, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
        return hmac.compare_digest(password, self.account.key.encode())

    def _inspect(self, request: Request) -> Reply:
        if (request.method, request.path) == ("GET", "/__state"):
            with self.account.lock:
                state: dict[str, Any] = {"lists": dict(self.account.everything())}
            return Reply.of(state | {"requests": len(self.requests), "busiest": self.busiest})
        if (request.method, request.path) == ("POST", "/__faults"):
            planned = json.loads(request.body)
            times, skip, reply = planned.pop("times", 1), planned.pop("skip", 0), planned.pop("status", None)
            fault = Fault(reply=Reply(reply) if reply else None, **planned)
            self.faults.add(fault, times=times, skip=skip)
            return Reply(204)
        return not_found().reply()
