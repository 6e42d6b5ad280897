"""Plugins written to a folder on the import path, found by real entry points."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hub.core.registry import Registry

WritePlugin = Callable[..., EntryPoint]

IMPORTS = """
from collections.abc import Iterator, Sequence
import hub
from pydantic import Field, SecretStr


class PagesSettings(hub.Settings):
    address: str = Field(min_length=3, description="where")
    token: SecretStr = Field(SecretStr(""), description="secret")
    pages: int = Field(1, ge=1, description="how many")


class Limits(hub.Parameters):
    least: int = 1
"""

SOURCE = """
class Pages(hub.DataSource[PagesSettings]):
    name = "pages"
    label = "Pages"
    help = "Reads pages."
    settings_model = PagesSettings

    def check(self): ...

    def read(self, cursor): yield hub.Batch()
"""

CRITERION = """
class Loyal(hub.Criterion[Limits]):
    name = "loyal"
    label = "Loyal"
    help = "Came often."
    parameters_model = Limits

    def expression(self, parameters, question): return question.relations.traits.c.orders >= parameters.least

    def describe(self, parameters): return "who came often"

    def changes_with_time(self, parameters): return False
"""

SINK = """
class Wall(hub.AudienceSink[PagesSettings]):
    name = "wall"
    label = "Wall"
    help = "Puts names on a wall."
    settings_model = PagesSettings
    accepts = frozenset({hub.IdentifierKind.EMAIL})
    largest_batch = 10

    def check(self): ...

    def ensure_audience(self, name, known): return name

    def reference(self, member): return str(member.number)

    def add(self, audience, members): return []

    def remove(self, audience, removals): return []
"""

CHANNEL = """
class Pigeon(hub.MessageChannel[PagesSettings]):
    name = "pigeon"
    label = "Pigeon"
    help = "Sends pigeons."
    settings_model = PagesSettings
    channel = hub.ConsentChannel.PHONE
    carries = hub.Carries(subject=False, html=False, longest_text=20)
    keeps_ids = False

    def check(self): ...

    def send(self, message): return hub.Receipt(hub.Delivery.SENT, message.id)
"""

HOOK = "\n@hub.hookimpl\ndef hub_{}(): return [{}]\n"

TEXTS = {
    "data_sources": SOURCE + HOOK.format("data_sources", "Pages"),
    "criteria": CRITERION + HOOK.format("criteria", "Loyal"),
    "audience_sinks": SINK + HOOK.format("audience_sinks", "Wall"),
    "message_channels": CHANNEL + HOOK.format("message_channels", "Pigeon"),
}


@pytest.fixture
def texts() -> dict[str, str]:
    """By hook, the text of a plugin that brings one good component of that kind."""
    return dict(TEXTS)


@pytest.fixture
def write_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WritePlugin]:
    """Write a module and return the entry point that leads to it."""
    monkeypatch.syspath_prepend(tmp_path)
    written: list[str] = []

    def write(name: str, *parts: str, module: str | None = None) -> EntryPoint:
        module = module or f"plugin_{len(written)}_{name}"
        (tmp_path / f"{module}.py").write_text(IMPORTS + "\n".join(textwrap.dedent(part) for part in parts))
        written.append(module)
        return EntryPoint(name, module, "hub")

    yield write
    for module in written:
        sys.modules.pop(module, None)


@pytest.fixture
def refusal(write_plugin: WritePlugin) -> Callable[..., str]:
    """Write a plugin beside a good one, and return why it is refused."""

    def reason(*parts: str) -> str:
        good = write_plugin("good", TEXTS["message_channels"])
        registry = Registry.load([good, write_plugin("bad", *parts)])
        bad, other = registry.plugins()
        assert bad.state == "refused", "the plugin should have been refused"
        assert other.state == "loaded", "a plugin that is refused must stop no other"
        assert registry.message_channel("pigeon").label == "Pigeon"
        assert not [*registry.criteria(), *registry.data_sources(), *registry.audience_sinks()]
        return bad.reason

    return reason
