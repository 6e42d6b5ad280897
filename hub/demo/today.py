"""What happens at the box office while the demo runs: one customer comes back, another has had enough."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from hub.demo.theatre.exports import Export, write_export
from hub.demo.theatre.permissions import NEWSLETTER
from hub.demo.theatre.theatre import Theatre


def write_todays_exports(
    theatre: Theatre, folder: Path, now: datetime, returning: str, leaving: str
) -> list[Export]:
    """Write what the ticket system exports after the two.

    Args:
        theatre: what there was before.
        folder: where to write.
        now: the local time.
        returning: customer number of who buys two tickets for the next event.
        leaving: customer number of who withdraws the newsletter on email.
    """
    at = pa.array([now.replace(second=0, microsecond=0)], pa.timestamp("s"))
    events = theatre.tables["events"]
    coming = events.filter(pc.greater(events["starts_at"], at[0]))
    order = {
        "id": ["B900001"], "line": ["1"], "customer": [returning], "ordered_at": at, "total": [8400],
        "status": ["paid"], "sales_channel": ["online"], "event": [coming["id"][0].as_py()],
        "product": pa.nulls(1, pa.string()), "quantity": [2], "line_total": [8400],
    }  # fmt: skip
    consent = {
        "customer": [leaving], "permission": [NEWSLETTER], "channel": ["email"], "given": ["no"], "at": at,
        "place": ["unsubscribe link"],
    }  # fmt: skip
    return [
        write_export("orders", pa.table(order), folder / "orders-today.csv"),
        write_export("consents", pa.table(consent), folder / "consents-today.csv"),
    ]
