"""The data source: reads what changed in a shop since the last run, listing by listing."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from hub import Batch, Context, DataSource, OrderRecord, Record, RejectedRow
from hub_woocommerce.answers import Row
from hub_woocommerce.api import Api
from hub_woocommerce.memory import Memory, Progress
from hub_woocommerce.orders import ORDER_FIELDS, order
from hub_woocommerce.paging import by_id, by_modification
from hub_woocommerce.records import CUSTOMER_FIELDS, PRODUCT_FIELDS, customer, product
from hub_woocommerce.settings import WooCommerceSettings
from hub_woocommerce.values import Unusable, moment
from hub_woocommerce.vanished import Accounts, listed_orders

Make = Callable[[Row], Iterator[Record]]


class WooCommerce(DataSource[WooCommerceSettings]):
    """Brings a shop's products, customers and orders, and then what changed of them."""

    name = "woocommerce"
    label = "WooCommerce"
    help = "Brings customers, guests, products and orders of a WooCommerce shop, and what changes of them."
    settings_model = WooCommerceSettings

    def __init__(self, settings: WooCommerceSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._api = Api(context.http, settings, context.clock)

    def check(self) -> None:
        """See ``Component.check``: the keys may read all three listings."""
        for resource in ("products", "customers", "orders"):
            self._api.page(resource, per_page="1", _fields="id")

    def read(self, cursor: str | None) -> Iterator[Batch]:
        """See ``DataSource.read``.

        Raises:
            NotAuthorised, SettingsError, TryAgain: as for ``check``.
        """
        memory = Memory.decode(cursor, self.settings.url, self._what_decides())
        accounts = Accounts(memory, from_start=memory.customers.last_id == 0)
        yield from self._changes(memory, memory.products, "product", product, "products", PRODUCT_FIELDS)
        yield from self._customers(memory, accounts)
        if (
            memory.trash.mark is None
        ):  # What lay in the bin before the first order was read never was in the store.
            memory.trash.mark = self._api.page("orders", per_page="1", _fields="id").answered_at
        yield from self._changes(memory, memory.orders, "order", self._order, "orders", ORDER_FIELDS)
        yield from self._binned(memory)
        yield self._vanished(memory, accounts)

    def _what_decides(self) -> str:
        chosen = self.settings
        return json.dumps([chosen.statuses, chosen.opt_in_field, chosen.permission], sort_keys=True)

    def _order(self, row: Row) -> Iterator[Record]:
        return order(row, self.settings)

    def _customer(self, row: Row) -> Iterator[Record]:
        return customer(row, self.settings.opt_in_field, self.settings.permission)

    def _fields(self, names: Sequence[str]) -> str:
        return ",".join([*names, *(["meta_data"] if self.settings.opt_in_field else [])])

    def _changes(
        self,
        memory: Memory,
        progress: Progress,
        noun: str,
        make: Make,
        resource: str,
        fields: Sequence[str],
    ) -> Iterator[Batch]:
        """Bring the changed rows of a listing that can be sorted by its last changes."""
        made = _Made(noun, make)
        newest: datetime | None = progress.mark
        pages = by_modification(self._api, resource, progress.since, _fields=self._fields(fields))
        for page in pages:
            for row in page.rows:
                modified = moment(row.get("date_modified_gmt"))
                if progress.is_new(row, modified):
                    made.add(row)
                    if progress is memory.orders:
                        memory.trash.forget_rows([str(row.get("id"))])
                newest = max(filter(None, (newest, modified)), default=None)
            if made.rows >= self.settings.batch_rows:
                progress.advance(newest, page.answered_at)
                yield made.batch(memory.encode())
            last_answer = page.answered_at
        progress.advance(newest, last_answer)
        if made.rows:
            yield made.batch(memory.encode())

    def _binned(self, memory: Memory) -> Iterator[Batch]:
        """Delete the orders that were put in the bin. One that is taken out of it counts as changed."""
        progress, newest = memory.trash, memory.trash.mark
        fields = ",".join(("id", "date_modified_gmt"))
        for page in by_modification(self._api, "orders", progress.since, _fields=fields, status="trash"):
            binned: list[str] = []
            for row in page.rows:
                modified = moment(row.get("date_modified_gmt"))
                if progress.is_new(row, modified):
                    binned.append(str(row["id"]))
                newest = max(filter(None, (newest, modified)), default=None)
            memory.orders.forget_rows(binned)
            progress.advance(newest, page.answered_at)
            if binned:
                yield Batch(deletions={"orders": binned}, cursor=memory.encode())

    def _vanished(self, memory: Memory, accounts: Accounts) -> Batch:
        """The last batch: what else is gone."""
        orders = listed_orders(self._api, memory)
        gone, memory.accounts = accounts.settled()
        return Batch(
            cursor=memory.encode(),
            deletions={"customers": gone} if gone else {},
            listings={} if orders is None else {"orders": orders},
        )

    def _customers(self, memory: Memory, accounts: Accounts) -> Iterator[Batch]:
        """Bring the changed customers. They can't be asked for by their last change, so all are looked through."""
        progress, made = memory.customers, _Made("customer", self._customer)
        pages = by_id(
            self._api,
            "customers",
            progress.last_id,
            progress.offset,
            role="all",
            _fields=self._fields(CUSTOMER_FIELDS),
        )
        for page, offset in pages:
            progress.began = progress.began or page.answered_at
            accounts.meet(page)
            for row in page.rows:
                modified = moment(row.get("date_modified_gmt")) or moment(row.get("date_created_gmt"))
                if progress.is_new(row, modified):
                    made.add(row)
            progress.offset = offset
            progress.last_id = max([progress.last_id, *(int(row["id"]) for row in page.rows)])
            progress.forget(progress.began - progress.slack)
            if made.rows >= self.settings.batch_rows:
                yield made.batch(memory.encode())
        progress.mark, progress.began, progress.last_id, progress.offset = progress.began, None, 0, 0
        if made.rows:
            yield made.batch(memory.encode())


@dataclass
class _Made:
    """The records of the next batch; of a row that comes again, because it changed meanwhile, the newer ones."""

    noun: str
    make: Make
    records: dict[object, Sequence[Record]] = field(default_factory=dict)
    rejected: dict[object, RejectedRow] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows they are made of."""
        return len(self.records) + len(self.rejected)

    def add(self, row: Row) -> None:
        """Make a row's records; none, and a reason, when one of them can't be made."""
        key = row.get("id") or object()
        self.records.pop(key, None)
        self.rejected.pop(key, None)
        try:
            self.records[key] = list(self.make(row))
            return
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = str(first["loc"][0]) if first["loc"] else ""
            reason = f"{name}: {first['msg']}"
        except Unusable as error:
            name, reason = error.field, str(error)
        self.rejected[key] = RejectedRow(0, f"{self.noun} {row.get('id')}: {reason}", name)

    def batch(self, cursor: str) -> Batch:
        """Hand all of it over and begin anew."""
        records = [record for of_row in self.records.values() for record in of_row]
        whole = [record.id for record in records if isinstance(record, OrderRecord)]
        # An order comes with all of its lines: others that it had were taken out.
        deletions = {"order_lines": whole} if whole else {}
        made = Batch(Batch.of(*records).tables, list(self.rejected.values()), cursor, deletions)
        self.records, self.rejected = {}, {}
        return made
