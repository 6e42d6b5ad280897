"""The one place that talks to pluggy: which hooks a plugin implements, each to be called by itself."""

import inspect
import types
from collections.abc import Callable, Mapping
from difflib import get_close_matches

import pluggy

from hub.core.contracts import hookspecs
from hub.core.registry.reports import Kind, Refusal

HOOKS: Mapping[str, Kind] = types.MappingProxyType(
    {
        hookspecs.hub_criteria.__name__: Kind.CRITERION,
        hookspecs.hub_data_sources.__name__: Kind.DATA_SOURCE,
        hookspecs.hub_audience_sinks.__name__: Kind.AUDIENCE_SINK,
        hookspecs.hub_message_channels.__name__: Kind.MESSAGE_CHANNEL,
    }
)
"""Every hook by its name, with the kind of component it brings."""


def implementations(plugin: object, name: str) -> dict[str, Callable[[], object]]:
    """Find the hooks a plugin implements.

    Each plugin gets a pluggy manager of its own, so that what one does wrong is never another's
    fault, and the functions are called one by one: a call to all of them would end at the first failure.

    Args:
        plugin: what the entry point led to, a module as a rule.
        name: the plugin's name.

    Returns:
        The implementing functions by the hook's name, in the order of ``HOOKS``.

    Raises:
        Refusal: a marked function is no hook, takes arguments, or wraps; a hook lacks its mark; or there
            is no hook at all.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as error:
        raise Refusal(str(error).splitlines()[-1].strip()) from error
    found = {caller.name: caller for caller in manager.get_hookcallers(plugin) or ()}
    _refuse_misspelt(found)
    _refuse_unmarked(plugin, found)
    if not found:
        raise Refusal(f"implements no hook; a plugin implements at least one of {', '.join(HOOKS)}")
    functions: dict[str, Callable[[], object]] = {}
    for hook in HOOKS:
        for implementation in found[hook].get_hookimpls() if hook in found else ():
            if implementation.wrapper or implementation.hookwrapper:
                raise Refusal(f"marks {hook} as a wrapper; a hook only returns what its plugin brings")
            if hook in functions:
                raise Refusal(f"implements {hook} twice; return everything from one function")
            functions[hook] = implementation.function
    return functions


def _refuse_misspelt(found: Mapping[str, object]) -> None:
    for name in sorted(found):
        if name not in HOOKS:
            near = get_close_matches(name, HOOKS, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; the hooks are {', '.join(HOOKS)}"
            raise Refusal(f"{name} is marked as a hook, but there is no such hook{hint}")


def _refuse_unmarked(plugin: object, found: Mapping[str, object]) -> None:
    for name in HOOKS:
        if name not in found and inspect.isroutine(inspect.getattr_static(plugin, name, None)):
            raise Refusal(f"{name} lacks its mark; write @hub.hookimpl above it")
