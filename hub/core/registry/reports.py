"""What the registry tells about each plugin it found."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a plugin can bring. A name is taken once per kind."""

    DATA_SOURCE = "data_source"
    CRITERION = "criterion"
    AUDIENCE_SINK = "audience_sink"
    MESSAGE_CHANNEL = "message_channel"

    @property
    def words(self) -> str:
        """The kind as it reads in a sentence."""
        return self.value.replace("_", " ")


class PluginState(StrEnum):
    """What became of a plugin that was found."""

    LOADED = "loaded"
    """It runs."""
    DISABLED = "disabled"
    """The settings switch it off; none of its code was run."""
    REFUSED = "refused"
    """It breaks its contract; the reason says how. Nothing of it is used."""


@dataclass(frozen=True)
class ComponentReport:
    """One component of a plugin."""

    kind: Kind
    name: str
    label: str


@dataclass(frozen=True)
class PluginReport:
    """One plugin that was found, whatever became of it."""

    name: str
    """The name of its entry point."""
    state: PluginState
    module: str
    """What the entry point points to, such as ``hub_csv``."""
    distribution: str = ""
    """The installed package it came with; empty when that is not known."""
    version: str = ""
    """The version of that package; empty when that is not known."""
    hooks: tuple[str, ...] = ()
    """The hooks it implements, sorted."""
    components: tuple[ComponentReport, ...] = ()
    """What it brings; for a refused plugin as far as that was found out."""
    reason: str = ""
    """Why it was refused; empty otherwise."""

    @property
    def origin(self) -> str:
        """Where it came from, to tell two plugins of one name apart."""
        package = f"{self.distribution} {self.version}".strip()
        return f"{self.module} of {package}" if package else self.module


class Refusal(Exception):
    """Why a plugin can't be used, as half a sentence. Stays within the registry.

    Attributes:
        hooks: the hooks it implements, as far as that is known.
        components: what it would have brought, as far as that is known.
    """

    def __init__(
        self, reason: str, hooks: tuple[str, ...] = (), components: tuple[ComponentReport, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.hooks = hooks
        self.components = components
