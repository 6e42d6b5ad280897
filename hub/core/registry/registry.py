"""The registry: every plugin that was found, and every component that may be used, by its name."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar, cast

from hub.core.contracts.channel import MessageChannel
from hub.core.contracts.component import Component, Context, Settings
from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import NotFound
from hub.core.contracts.hookspecs import PROJECT
from hub.core.contracts.sink import AudienceSink
from hub.core.contracts.source import DataSource
from hub.core.registry.checks import words_of
from hub.core.registry.guarding import guard
from hub.core.registry.loading import Brought, LoadedPlugin, described, load_plugin
from hub.core.registry.reports import Kind, PluginReport, PluginState, Refusal
from hub.core.registry.validation import validated

_log = logging.getLogger(__name__)

_FIRST = "criteria"
_OWN_DISTRIBUTION = "audience-hub"

ComponentT = TypeVar("ComponentT", bound=Component[Any])


class Registry:
    """Knows every plugin. Made by ``load``; never changes afterwards."""

    def __init__(self, reports: Sequence[PluginReport], components: Mapping[Kind, Mapping[str, Brought]]) -> None:
        self._reports = tuple(reports)
        self._components = components

    @classmethod
    def load(cls, found: Iterable[EntryPoint] | None = None, disabled: Collection[str] = ()) -> "Registry":
        """Load plugins one by one; one that fails is refused with its reason, the rest run.

        The built-in criteria come first, then plugins by name, so that the same plugins give the same
        registry on every machine; where a name is found twice, the one that comes with the hub goes first.

        Args:
            found: the entry points; those installed in the group ``hub`` if None.
            disabled: names of plugins to leave alone: none of their code is run.
        """
        builder = _Builder()
        for entry_point in sorted(entry_points(group=PROJECT) if found is None else found, key=_order):
            if entry_point.name in disabled:
                builder.reports.append(described(entry_point, PluginState.DISABLED))
            else:
                builder.add(entry_point)
        return cls(builder.reports, builder.components)

    def plugins(self) -> Sequence[PluginReport]:
        """Every plugin that was found, in the order of loading."""
        return self._reports

    def data_source(self, name: str) -> type[DataSource[Any]]:
        """The data source of this name.

        Raises:
            NotFound: no plugin that runs brings it.
        """
        return cast("type[DataSource[Any]]", self._find(Kind.DATA_SOURCE, name).component)

    def audience_sink(self, name: str) -> type[AudienceSink[Any]]:
        """The audience sink of this name.

        Raises:
            NotFound: no plugin that runs brings it.
        """
        return cast("type[AudienceSink[Any]]", self._find(Kind.AUDIENCE_SINK, name).component)

    def message_channel(self, name: str) -> type[MessageChannel[Any]]:
        """The message channel of this name.

        Raises:
            NotFound: no plugin that runs brings it.
        """
        return cast("type[MessageChannel[Any]]", self._find(Kind.MESSAGE_CHANNEL, name).component)

    def criterion(self, name: str) -> Criterion[Any]:
        """The criterion of this name or alias.

        Raises:
            NotFound: no plugin that runs brings it.
        """
        return cast("Criterion[Any]", self._find(Kind.CRITERION, name).criterion)

    def data_sources(self) -> Sequence[type[DataSource[Any]]]:
        """All data sources, in the order of loading."""
        return [cast("type[DataSource[Any]]", brought.component) for brought in self._all(Kind.DATA_SOURCE)]

    def audience_sinks(self) -> Sequence[type[AudienceSink[Any]]]:
        """All audience sinks, in the order of loading."""
        return [cast("type[AudienceSink[Any]]", brought.component) for brought in self._all(Kind.AUDIENCE_SINK)]

    def message_channels(self) -> Sequence[type[MessageChannel[Any]]]:
        """All message channels, in the order of loading."""
        return [
            cast("type[MessageChannel[Any]]", brought.component) for brought in self._all(Kind.MESSAGE_CHANNEL)
        ]

    def criteria(self) -> Sequence[Criterion[Any]]:
        """All criteria, in the order of loading."""
        return [cast("Criterion[Any]", brought.criterion) for brought in self._all(Kind.CRITERION)]

    def plugin_of(self, component: type[Component[Any]] | type[Criterion[Any]]) -> str:
        """The name of the plugin that brings a component; the component's own name if none does."""
        for report in self._reports:
            if report.state is PluginState.LOADED:
                for item in report.components:
                    if self._components[item.kind][item.name].component is component:
                        return report.name
        return component.name

    def make(
        self, component: type[ComponentT], settings: Mapping[str, object] | Settings, context: Context
    ) -> ComponentT:
        """Make a component ready to work.

        Args:
            component: the class, as ``data_source``, ``audience_sink`` or ``message_channel`` returns it.
            settings: what the user entered by field, or the checked model.
            context: what the component gets from the hub.

        Raises:
            SettingsError: a setting is missing, wrong or unknown.
            IntegratorError: the plugin can't make its component.
        """
        plugin = self.plugin_of(component)
        with guard(plugin):
            checked = (
                validated(component.settings_model, settings, component.name)
                if isinstance(settings, Mapping)
                else settings
            )
            return component(checked, context)

    def _all(self, kind: Kind) -> list[Brought]:
        return list(dict.fromkeys(self._components[kind].values()))

    def _find(self, kind: Kind, name: str) -> Brought:
        known = self._components[kind]
        if name in known:
            return known[name]
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(sorted(known)) or 'none'}"
        raise NotFound(f"there is no {kind.words} {name!r}{hint}{self._lost(kind, name)}")

    def _lost(self, kind: Kind, name: str) -> str:
        """Why a plugin that would have brought the component does not run."""
        for report in self._reports:
            brings = any(item.kind is kind and item.name == name for item in report.components)
            if report.state is not PluginState.LOADED and (report.name == name or brings):
                why = f"was refused: {report.reason}" if report.reason else "is disabled"
                return f" (the plugin {report.name!r} {why})"
        return ""


class _Builder:
    """What is known while plugins are still being loaded."""

    def __init__(self) -> None:
        self.reports: list[PluginReport] = []
        self.components: dict[Kind, dict[str, Brought]] = {kind: {} for kind in Kind}
        self._taken: dict[str, PluginReport] = {}
        self._owners: dict[tuple[Kind, str], PluginReport] = {}

    def add(self, entry_point: EntryPoint) -> None:
        """Load a plugin and take it in whole, or refuse it whole."""
        report = described(entry_point, PluginState.LOADED)
        try:
            self._refuse_taken_name(report)
            plugin = load_plugin(entry_point)
            report = replace(
                report, hooks=plugin.hooks, components=tuple(item.report() for item in plugin.brought)
            )
            self._refuse_taken_components(plugin)
        except Refusal as refusal:
            _log.warning("plugin %s (%s) is refused: %s", report.name, report.origin, refusal)
            _log.debug("plugin %s is refused because of", report.name, exc_info=refusal)
            self.reports.append(
                replace(
                    report,
                    state=PluginState.REFUSED,
                    reason=str(refusal),
                    hooks=report.hooks or refusal.hooks,
                    components=report.components or refusal.components,
                )
            )
            return
        self._take(plugin, report)

    def _refuse_taken_name(self, report: PluginReport) -> None:
        other = self._taken.get(report.name)
        if other is not None:
            raise Refusal(
                f"the plugin name {report.name!r} of {report.origin} is taken by {other.origin}; "
                "uninstall or rename one of them"
            )

    def _refuse_taken_components(self, plugin: LoadedPlugin) -> None:
        for item in plugin.brought:
            for word in words_of(item.component):
                other = self._owners.get((item.kind, word))
                if other is not None:
                    raise Refusal(
                        f"its {item.kind.words} {word!r} is already brought by the plugin {other.name!r} "
                        f"({other.origin}); rename or disable one of them"
                    )

    def _take(self, plugin: LoadedPlugin, report: PluginReport) -> None:
        self.reports.append(report)
        self._taken[report.name] = report
        for item in plugin.brought:
            for word in words_of(item.component):
                self.components[item.kind][word] = item
                self._owners[item.kind, word] = report


def _order(entry_point: EntryPoint) -> tuple[object, ...]:
    distribution = entry_point.dist.name if entry_point.dist else ""
    return (
        entry_point.name != _FIRST,
        entry_point.name,
        distribution != _OWN_DISTRIBUTION,
        distribution,
        entry_point.value,
    )
