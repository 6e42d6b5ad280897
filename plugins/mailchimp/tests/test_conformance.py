"""Both targets of the sink pass the suite every sink must pass."""

import socket
from collections.abc import Callable

import pytest
from hub_mailchimp import MailchimpSink

from hub import IdentifierKind, Member
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.sink_departures import Withdraw
from hub.testing.sinks import AudienceSinkConformance, Held

from .conftest import MakeSink, person


class TestTag(AudienceSinkConformance):
    target = "tag"

    @pytest.fixture
    def sink(self, make_sink: MakeSink) -> MailchimpSink:
        return make_sink(target=self.target, merge_fields={"FNAME": "first_name", "LTV": "revenue"})

    @pytest.fixture
    def lost(self, make_sink: MakeSink) -> MailchimpSink:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return make_sink(target=self.target, base_url=f"http://127.0.0.1:{port}/3.0")

    @pytest.fixture
    def held(self, server: MailchimpServer, list_id: str) -> Held:
        return lambda tag: set(server.list(list_id).segments[int(tag)].members)

    @pytest.fixture
    def refused(self) -> Member:
        return person(7, "ghost@fake.example")

    @pytest.fixture
    def foreseen(self) -> Member:
        return person(8, "nonsense")

    @pytest.fixture
    def kept(self, server: MailchimpServer, list_id: str) -> Callable[[str], bool]:
        return lambda reference: reference in server.list(list_id).contacts

    @pytest.fixture
    def withdraw(self, server: MailchimpServer, list_id: str) -> Withdraw:
        return lambda audience, member: server.depart(list_id, member.identifiers[IdentifierKind.EMAIL])

    @pytest.fixture
    def vanished(self) -> str:
        return "424242"


class TestAudience(TestTag):
    target = "audience"

    @pytest.fixture
    def held(self, server: MailchimpServer) -> Held:
        return lambda name: {
            contact.id for contact in server.members(name).values() if contact.status == "subscribed"
        }


class TestTransactional(TestAudience):
    @pytest.fixture
    def sink(self, make_sink: MakeSink) -> MailchimpSink:
        return make_sink(target=self.target, status_if_new="transactional")

    @pytest.fixture
    def held(self, server: MailchimpServer) -> Held:
        return lambda name: {
            contact.id for contact in server.members(name).values() if contact.status == "transactional"
        }
