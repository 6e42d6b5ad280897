"""The message channels that are connected: found by name or by what they carry, and opened guarded."""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from hub.core.contracts.component import Component
from hub.core.contracts.errors import NotFound, SettingsError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.registry.registry import Registry
from hub.core.registry.reports import Kind
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import Connection, Organisation


class Channels:
    """The connections of one organisation that carry messages.

    Args:
        database: the store's.
        organisation: whose.
        registry: knows which component is on which channel.
        open_component: the component behind a connection, whose requests are never repeated by the HTTP client.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        registry: Registry,
        open_component: Callable[[Connection], Component[Any]],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._registry = registry
        self._open_component = open_component

    def connection(self, channel: ConsentChannel, name: str | None = None) -> Connection:
        """The connection that messages on a channel go through.

        Args:
            channel: which channel.
            name: the connection's name; None: the oldest one on that channel.

        Raises:
            NotFound: there is no connection of that name.
            SettingsError: it is on another channel or none, or there is none on this channel.
        """
        if name is not None:
            with self._database.session() as session:
                found = stored.connection_named(session, self._organisation_id, name)
            if self.channel_of(found) is not channel:
                raise SettingsError(
                    f"nothing can be sent by {channel.value} over the connection {name!r}, which is to "
                    f"{found.component}; name another one, or make one with `hub connect`"
                )
            return found
        for connection in self._all():
            if self.channel_of(connection) is channel:
                return connection
        raise SettingsError(
            f"nothing is connected that could send by {channel.value}; make a connection with `hub connect`"
        )

    def channel_of(self, connection: Connection) -> ConsentChannel | None:
        """Which channel a connection carries; None when it carries no messages, or its plugin is gone."""
        if connection.kind != Kind.MESSAGE_CHANNEL:
            return None
        try:
            return self._registry.message_channel(connection.component).channel
        except NotFound:
            return None

    def of_id(self, connection_id: int) -> Connection:
        """The connection of that id.

        Raises:
            NotFound: there is none, or it carries no messages.
        """
        with self._database.session() as session:
            found = session.get(Connection, connection_id)
        if found is None or found.organisation_id != self._organisation_id or found.kind != Kind.MESSAGE_CHANNEL:
            raise NotFound(f"there is no connection {connection_id} that carries messages")
        return found

    def all(self) -> list[tuple[Connection, ConsentChannel]]:
        """The connections that carry messages with their channels, the oldest first."""
        found = [(connection, self.channel_of(connection)) for connection in self._all()]
        return [(connection, channel) for connection, channel in found if channel is not None]

    def open(self, connection_id: int) -> GuardedChannel:
        """The channel behind a connection, ready to send. Close it when it is no longer needed.

        Raises:
            NotFound: there is no such connection, or its plugin is gone.
            SettingsError: its settings no longer fit, or its secrets can't be opened.
        """
        component: Any = self._open_component(self.of_id(connection_id))
        return GuardedChannel(component, self._registry.plugin_of(type(component)))

    def _all(self) -> list[Connection]:
        own = select(Connection).where(
            Connection.organisation_id == self._organisation_id, Connection.kind == Kind.MESSAGE_CHANNEL.value
        )
        with self._database.session() as session:
            return list(session.scalars(own.order_by(col(Connection.id))))
