"""The sink passes the suite every sink must pass."""

import socket

import pytest
from hub_facebook import FacebookSink
from hub_facebook.normalising import hashed

from hub import IdentifierKind, Member
from hub.testing.platforms.facebook import FacebookServer
from hub.testing.sinks import AudienceSinkConformance, Held

from .conftest import MakeSink, held, person


class TestFacebook(AudienceSinkConformance):
    @pytest.fixture
    def sink(self, make_sink: MakeSink) -> FacebookSink:
        return make_sink()

    @pytest.fixture
    def lost(self, make_sink: MakeSink) -> FacebookSink:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return make_sink(base_url=f"http://127.0.0.1:{port}")

    @pytest.fixture
    def held(self, server: FacebookServer) -> Held:
        return lambda audience: held(server, audience)

    @pytest.fixture
    def refused(self, server: FacebookServer) -> Member:
        server.account.refused.add(hashed("ghost@example.com"))
        return person(7, "ghost@example.com")

    @pytest.fixture
    def foreseen(self) -> Member:
        return Member(8, {IdentifierKind.PHONE: "+000"}, {})

    @pytest.fixture
    def vanished(self) -> str:
        return "424242"
