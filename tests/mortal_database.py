"""A store whose process can die, for tests of what must survive that."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from hub.core.store.database import Database


class Killed(BaseException):
    """The process is dead from here on."""


class MortalDatabase(Database):
    """A store whose process can die: at a chosen transaction, or when told; then nothing is written any more."""

    dead = False
    transactions_left: int | None = None

    @contextmanager
    def writing(self, busy_seconds: float | None = None, *, durable: bool = False) -> Iterator[sa.Connection]:
        if self.dead:
            raise Killed
        with super().writing(busy_seconds, durable=durable) as connection:
            if self.transactions_left is not None:
                self.transactions_left -= 1
                if self.transactions_left < 0:
                    self.dead = True
                    raise Killed
            yield connection
