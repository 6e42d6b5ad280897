"""Connections: configured components under a name, their secrets sealed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select

from hub.core.access.secrets import Secrets, masked
from hub.core.contracts.component import Component, Context, Settings
from hub.core.contracts.errors import NotFound, SettingsError
from hub.core.contracts.source import DataSource
from hub.core.registry.guarding import guard
from hub.core.registry.registry import Registry
from hub.core.registry.reports import Kind
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import Connection, Organisation
from hub.core.sync.guarded_sink import GuardedSink

_KINDS = (Kind.AUDIENCE_SINK, Kind.MESSAGE_CHANNEL, Kind.DATA_SOURCE)


class Connections:
    """The connections of one organisation.

    Args:
        database: the store's.
        organisation: whose connections.
        registry: the components there are.
        secrets: seals what must not be read.
        context: makes the context of a component, given its name and whether its requests may be repeated.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        registry: Registry,
        secrets: Secrets,
        context: Callable[[str, bool], Context],
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._registry = registry
        self._secrets = secrets
        self._context = context
        self._clock = clock

    def connect(
        self, component: str, name: str, values: Mapping[str, object], kind: Kind | None = None
    ) -> Connection:
        """Check settings with the other side and keep them under a name; a known name gets new settings.

        Args:
            component: name of the sink, channel or source.
            name: what the connection is called.
            values: settings by field. A text may stand for any value in its JSON form.
            kind: which contract, when components of several have that name and the settings fit more than one.

        Raises:
            NotFound: no plugin brings such a component.
            SettingsError: a setting is wrong, or the kind must be named.
            NotAuthorised, TryAgain: the other side says no, or nothing.
        """
        kind = kind or self._kind_of(component, values)
        component_type = self._component_type(kind, component)
        given = _from_texts(component_type.settings_model, values)
        made = self._registry.make(component_type, given, self._context(component, True))
        with guard(self._registry.plugin_of(component_type)):
            made.check()
        sealed = self._secrets.seal(component_type.settings_model, given)
        now = self._clock()
        with self._database.session(write=True) as session:
            found = session.scalars(
                select(Connection).where(
                    Connection.organisation_id == self._organisation_id, Connection.name == name
                )
            ).one_or_none()
            if found is None:
                found = Connection(
                    organisation_id=self._organisation_id,
                    name=name,
                    kind=kind.value,
                    component=component,
                    settings=sealed,
                    created_at=now,
                    changed_at=now,
                )
                session.add(found)
            elif (found.kind, found.component) != (kind.value, component):
                raise SettingsError(
                    f"the connection {name!r} is to the {found.component} {Kind(found.kind).words}; "
                    "choose another name for another kind"
                )
            else:
                found.settings, found.changed_at = sealed, now
            session.flush()
        return found

    def all(self) -> Sequence[Connection]:
        """All connections by name."""
        with self._database.session() as session:
            return stored.connections(session, self._organisation_id)

    def named(self, name: str) -> Connection:
        """The connection of that name.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.connection_named(session, self._organisation_id, name)

    def shown(self, connection: Connection) -> Mapping[str, object]:
        """A connection's settings fit to be shown: secrets are masked."""
        return masked(self._settings(connection))

    def component(self, connection: Connection, *, repeatable: bool = True) -> Component[Any]:
        """The component behind a connection, ready to work.

        Raises:
            NotFound: its plugin is gone or refused.
            SettingsError: its settings no longer fit, or its secrets can't be opened.
        """
        component_type = self._component_type(Kind(connection.kind), connection.component)
        return self._registry.make(
            component_type, self._settings(connection), self._context(connection.component, repeatable)
        )

    def sink(self, connection_id: int) -> GuardedSink:
        """The audience sink behind a connection."""
        with self._database.session() as session:
            connection = session.get_one(Connection, connection_id)
        if connection.kind != Kind.AUDIENCE_SINK:
            raise SettingsError(
                f"the connection {connection.name!r} is no audience sink; nothing can be synced there"
            )
        sink: Any = self.component(connection)
        return GuardedSink(sink, self._registry.plugin_of(type(sink)))

    def source(self, component: str, values: Mapping[str, object]) -> DataSource[Any]:
        """A data source with settings of the moment, kept nowhere."""
        source_type = self._registry.data_source(component)
        return self._registry.make(source_type, values, self._context(component, True))

    def _settings(self, connection: Connection) -> Settings:
        component_type = self._component_type(Kind(connection.kind), connection.component)
        return self._secrets.open(component_type.settings_model, connection.settings)

    def _component_type(self, kind: Kind, name: str) -> type[Component[Any]]:
        match kind:
            case Kind.AUDIENCE_SINK:
                return self._registry.audience_sink(name)
            case Kind.MESSAGE_CHANNEL:
                return self._registry.message_channel(name)
        return self._registry.data_source(name)

    def _kind_of(self, component: str, values: Mapping[str, object]) -> Kind:
        """The kind whose settings take the given fields, of the kinds that have a component of that name."""
        there: dict[Kind, type[Component[Any]]] = {}
        missing: NotFound | None = None
        for kind in _KINDS:
            try:
                there[kind] = self._component_type(kind, component)
            except NotFound as error:
                missing = missing or error
        if not there:
            assert missing is not None
            raise missing
        fitting = [kind for kind, one in there.items() if set(values) <= set(one.settings_model.model_fields)]
        if len(there) == 1 or len(fitting) == 1:
            return (fitting or list(there))[0]
        kinds = ", ".join(kind.value for kind in there)
        raise SettingsError(f"{component!r} names more than one thing ({kinds}); say which with --kind")


def _from_texts(model: type[Settings], values: Mapping[str, object]) -> dict[str, object]:
    """Read texts from a command line as JSON where a field takes no text."""
    given: dict[str, object] = dict(values)
    for name, value in values.items():
        field = model.model_fields.get(name)
        if field is None or not isinstance(value, str):
            continue
        annotation: Any = field.annotation
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        try:
            adapter.validate_python(value)
        except ValidationError:
            try:
                given[name] = adapter.validate_json(value)
            except ValidationError:
                continue  # the settings model says what is wrong with it
    return given
