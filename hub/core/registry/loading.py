"""Loads one plugin: imports it, calls its hooks one by one, and checks everything they return."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any

from hub.core.contracts.component import Component
from hub.core.contracts.criterion import Criterion
from hub.core.registry.checks import NAME, faults, words_of
from hub.core.registry.hooks import HOOKS, implementations
from hub.core.registry.reports import ComponentReport, Kind, PluginReport, PluginState, Refusal

ComponentType = type[Component[Any]] | type[Criterion[Any]]


@dataclass(frozen=True)
class Brought:
    """One component of a plugin that keeps its contract."""

    kind: Kind
    component: ComponentType
    criterion: Criterion[Any] | None
    """The instance, for a criterion: it has no settings, so one serves all."""

    def report(self) -> ComponentReport:
        """What the registry tells about it."""
        return ComponentReport(self.kind, self.component.name, self.component.label)


@dataclass(frozen=True)
class LoadedPlugin:
    """A plugin whose every hook was called and whose every component was checked."""

    hooks: tuple[str, ...]
    brought: tuple[Brought, ...]


def described(entry_point: EntryPoint, state: PluginState, reason: str = "") -> PluginReport:
    """Begin the report on a plugin with what its entry point says."""
    distribution = entry_point.dist
    return PluginReport(
        name=entry_point.name,
        state=state,
        module=entry_point.value,
        distribution=distribution.name if distribution else "",
        version=distribution.version if distribution else "",
        reason=reason,
    )


def load_plugin(entry_point: EntryPoint) -> LoadedPlugin:
    """Load a plugin by itself, knowing nothing of any other.

    Raises:
        Refusal: it can't be imported, or it breaks its contract.
    """
    if not NAME.fullmatch(entry_point.name):
        raise Refusal(f"the name {entry_point.name!r} is not formed of lower-case letters, digits and underscores")
    plugin = _run(entry_point.load, f"{entry_point.value} can't be imported")
    functions = implementations(plugin, entry_point.name)
    hooks = tuple(sorted(functions))
    brought: list[Brought] = []
    for hook, function in functions.items():
        try:
            brought.extend(_call(hook, function))
        except Refusal as refusal:
            raise Refusal(str(refusal), hooks, tuple(item.report() for item in brought)) from refusal
    return LoadedPlugin(hooks, tuple(brought))


def _call(hook: str, function: Callable[[], object]) -> list[Brought]:
    returned = _run(function, f"{hook} fails")
    if not isinstance(returned, Sequence) or isinstance(returned, (str, bytes)):
        raise Refusal(f"{hook} returns {type(returned).__name__}; return a list of classes")
    kind = HOOKS[hook]
    wrong = [fault for component in returned for fault in faults(kind, component)]
    if wrong:
        raise Refusal(f"{hook}: {'; '.join(wrong)}")
    _refuse_repeated(hook, returned)
    return [_brought(hook, component) for component in returned]


def _refuse_repeated(hook: str, components: Sequence[ComponentType]) -> None:
    words = [word for component in components for word in words_of(component)]
    for word in words:
        if words.count(word) > 1:
            raise Refusal(f"{hook} brings the name {word!r} twice")


def _brought(hook: str, component: ComponentType) -> Brought:
    if issubclass(component, Criterion):
        return Brought(HOOKS[hook], component, _run(component, f"{hook}: {component.__name__}() fails"))
    return Brought(HOOKS[hook], component, None)


def _run(function: Callable[[], Any], failure: str) -> Any:
    """Call a plugin's code; whatever it raises becomes the reason of its refusal."""
    try:
        return function()
    except (Exception, SystemExit) as error:
        raise Refusal(f"{failure}: {type(error).__name__}: {error}") from error
