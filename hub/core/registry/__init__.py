"""Finds plugins, checks what they bring, and hands it out by name; a plugin that fails stops no other."""

from hub.core.registry.guarding import guard, guarded
from hub.core.registry.registry import Registry
from hub.core.registry.reports import ComponentReport, Kind, PluginReport, PluginState
from hub.core.registry.validation import validated

__all__ = [
    "ComponentReport",
    "Kind",
    "PluginReport",
    "PluginState",
    "Registry",
    "guard",
    "guarded",
    "validated",
]
