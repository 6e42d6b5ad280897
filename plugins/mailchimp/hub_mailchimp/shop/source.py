"""The data source: pages through a store, finds what changed since the last run, and brings that."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from hub import Batch, Context, DataSource, Record, RejectedRow, SettingsError
from hub_mailchimp.api import Api, path
from hub_mailchimp.shop import records
from hub_mailchimp.shop.carts import Carts
from hub_mailchimp.shop.fingerprints import Fingerprints
from hub_mailchimp.shop.memory import Memory, OpenCart
from hub_mailchimp.shop.paging import pages
from hub_mailchimp.shop.settings import MailchimpShopSettings
from hub_mailchimp.shop.spool import Row, Spool, open_spool
from hub_mailchimp.shop.values import Unusable, below, moment, text

Make = Callable[[Row], Iterator[Record]]


class MailchimpShop(DataSource[MailchimpShopSettings]):
    """Brings a shop's customers, products, orders and carts as Mailchimp has them.

    Mailchimp can't be asked what changed since when. So each run reads everything, one page after the other,
    compares it with fingerprints of what was stored, and brings the rows that differ.
    """

    name = "mailchimp_shop"
    label = "Mailchimp e-commerce"
    help = "Brings customers, products, orders and carts of a shop that is connected to Mailchimp."
    settings_model = MailchimpShopSettings

    def __init__(
        self, settings: MailchimpShopSettings, context: Context, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__(settings, context)
        self._api = Api(settings, context, sleep)

    def check(self) -> None:
        """See ``Component.check``: the key is taken, and there is such a store."""
        self._store_id()

    def read(self, cursor: str | None) -> Iterator[Batch]:
        """See ``DataSource.read``.

        Raises:
            NotAuthorised, SettingsError, TryAgain: as for ``check``.
        """
        store_id = self._store_id()
        memory = Memory.decode(cursor, store_id, self.settings.permission)
        with open_spool() as spool:
            for kind, make in self._makers().items():
                rejected = self._fill(spool, store_id, kind)
                yield from self._bring(spool, memory, kind, make, rejected)
            yield from self._bring_carts(spool, memory, store_id)
            yield _last(spool, memory)

    def _makers(self) -> Mapping[str, Make]:
        permission = self.settings.permission
        return {
            "products": records.product,
            "customers": lambda row: records.customer(row, permission),
            "orders": records.order,
        }

    def _store_id(self) -> str:
        """The store that is set, or the only one there is."""
        chosen = self.settings.store_id
        if chosen:
            if not self._api.call("GET", path("ecommerce", "stores", chosen)).is_success:
                raise SettingsError(
                    f"store_id: Mailchimp has no e-commerce store with the ID {chosen}. {self._known()}"
                )
            return chosen
        stores = self._stores()
        if len(stores) != 1:
            raise SettingsError(f"store_id must say which e-commerce store is meant. {self._known()}")
        return next(iter(stores))

    def _stores(self) -> dict[str, str]:
        """The names of the account's stores by their ids."""
        found = self._api.pages("/ecommerce/stores", "stores", fields="stores.id,stores.name")
        return {str(store["id"]): str(store.get("name", "")) for store in found if store.get("id")}

    def _known(self) -> str:
        names = ", ".join(f"{store} ({name})" for store, name in self._stores().items())
        return (
            f"The account has: {names}." if names else "The account has none: connect a shop in Mailchimp first."
        )

    def _fill(self, spool: Spool, store_id: str, kind: str) -> list[RejectedRow]:
        """Read all rows of a kind; returns what can't even be told apart."""
        nameless = 0
        for page in pages(self._api, path("ecommerce", "stores", store_id, kind), kind, records.FIELDS[kind]):
            named = [row for row in page.rows if text(row, "id")]
            nameless += len(page.rows) - len(named)
            spool.expect(kind, page.total)
            spool.add(kind, named)
            if kind == "orders":
                spool.place(_placed(named))
        return [RejectedRow(0, f"one of the {kind} has no id", "id")] * nameless

    def _bring(
        self, spool: Spool, memory: Memory, kind: str, make: Make, rejected: list[RejectedRow]
    ) -> Iterator[Batch]:
        """Yield what of a kind differs from memory, in whole groups; a cursor knows what is stored by then."""
        seen = memory.seen.get(kind, Fingerprints())
        now = spool.fingerprints(kind, seen.bits)
        seen.coarsen(now.bits)
        if seen.differs(now) and kind in _SETTLED:
            memory.unsettled.add(kind)
        seen.keep(now.sums)
        memory.seen[kind] = seen
        made: list[Record] = []
        pending: set[int] = set()
        rows = 0
        for group, row in spool.rows(kind, seen.changed(now), now.shift):
            if rows >= self.settings.batch_rows and group not in pending:
                yield _batch(made, rejected, memory, seen, now, pending)
                made, rejected, pending, rows = [], [], set(), 0
            rows += 1
            pending.add(group)
            made += _made(make, kind, row, rejected)
        if pending or rejected:
            yield _batch(made, rejected, memory, seen, now, pending)

    def _bring_carts(self, spool: Spool, memory: Memory, store_id: str) -> Iterator[Batch]:
        """As for the other kinds. Those that are gone are told first, and forgotten last."""
        carts = Carts(spool)
        current: list[OpenCart] = []
        rejected: list[RejectedRow] = []
        for page in pages(
            self._api, path("ecommerce", "stores", store_id, "carts"), "carts", records.FIELDS["carts"]
        ):
            named = [carts.followed(row) for row in page.rows if text(row, "id")]
            spool.add("carts", named)
            spool.expect("carts", page.total)
            current += carts.open(named)
        if gone := carts.gone(memory.carts, current):
            yield Batch.of(*gone)
        yield from self._bring(spool, memory, "carts", carts.make, rejected)
        memory.carts = carts.newest(current)


def _last(spool: Spool, memory: Memory) -> Batch:
    """Tell the store of all that there is, where something changed: what else it has is gone.

    A listing that was not read whole, since much was deleted meanwhile, is told by the next run.
    """
    is_whole = all(spool.is_whole(kind) for kind in records.FIELDS)
    told = {kind: spool.names(kind) for kind in sorted(memory.unsettled)} if is_whole else {}
    memory.unsettled -= told.keys()
    return Batch(cursor=memory.encode(), listings=told)


def _placed(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        try:
            placed = moment(row.get("processed_at_foreign"), "processed_at_foreign")
        except Unusable:
            continue
        buyer = text(below(row, "customer"), "id")
        if placed and buyer:
            yield buyer, placed.isoformat(), str(row["id"])


def _made(make: Make, kind: str, row: Row, rejected: list[RejectedRow]) -> list[Record]:
    """The records of a row; none, and a reason, when one of them can't be made."""
    try:
        return list(make(row))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        reason = f"{field}: {first['msg']}"
    except Unusable as error:
        field, reason = error.field, str(error)
    rejected.append(RejectedRow(0, f"{kind.rstrip('s')} {row['id']}: {reason}", _RECORD_FIELDS.get(field, field)))
    return []


def _batch(
    made: list[Record],
    rejected: list[RejectedRow],
    memory: Memory,
    seen: Fingerprints,
    now: Fingerprints,
    groups: set[int],
) -> Batch:
    for group in groups:
        seen.set(group, now.sums[group])
    tables = Batch.of(*made).tables
    # An order comes with all of its lines: others that it had were taken out.
    deletions = {"order_lines": tables["orders"]["id"].to_pylist()} if "orders" in tables else {}
    return Batch(tables, rejected, memory.encode(), deletions)


_SETTLED = frozenset({"customers", "orders", "products"})
"""The kinds of which what is gone is deleted. Carts tell by themselves what became of them."""


_RECORD_FIELDS: Mapping[str, Any] = {
    "order_total": "total",
    "price": "total",
    "discount": "total",
    "processed_at_foreign": "ordered_at",
    "created_at": "registered_at",
    "updated_at": "changed_at",
}
"""What a field of Mailchimp's is called in the records."""
