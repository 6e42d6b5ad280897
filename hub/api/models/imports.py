"""Connected data sources, their imports and rejected rows, as they travel."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from hub.api.models.base import Model, NextCursor

ImportState = Literal["running", "succeeded", "partial", "failed", "cancelled", "interrupted"]
ScheduleText = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]

_RUN: dict[str, JsonValue] = {
    "id": 3, "source_id": 2, "status": "partial", "started_at": "2026-01-31T06:00:00Z",
    "ended_at": "2026-01-31T06:00:20Z",
    "message": "12 new, 4 changed, 1 deleted; 1 rejected, each with its reason",
    "new": 12, "changed": 4, "unchanged": 0, "deleted": 1, "rejected": 1, "cancel_requested": False,
}  # fmt: skip


class NewImport(Model):
    """How an import is to be started."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"approved": True}]})

    approved: bool = Field(
        False, description="whether a person agreed to delete as many as the source has lost, also most of them"
    )


class ImportOut(Model):
    """One import of a connected source and how it stands or ended."""

    model_config = ConfigDict(title="Import", json_schema_extra={"examples": [_RUN]})

    id: int = Field(description="its id, which never changes")
    source_id: int = Field(description="id of the connected source it reads")
    status: ImportState = Field(
        description="running; succeeded; partial: done, but some rows could not be taken; failed; cancelled; "
        "interrupted: its process died. The next import goes on from wherever one ended"
    )
    started_at: datetime = Field(description="when it began")
    ended_at: datetime | None = Field(description="when it ended; null while it is running")
    message: str = Field(description="how it ended, in one sentence for people; empty while it is running")
    new: int = Field(description="records stored for the first time so far, of all kinds")
    changed: int = Field(description="records that differ from before so far")
    unchanged: int = Field(description="records that were as they are so far")
    deleted: int = Field(description="records deleted so far, since they are gone in the source")
    rejected: int = Field(description="rows that could not be taken so far")
    cancel_requested: bool = Field(description="whether somebody asked it to end after its current batch")


class ImportPage(Model):
    """A page of a source's imports, newest first."""

    items: list[ImportOut] = Field(description="the imports of this page")
    next_cursor: NextCursor


class SourceOut(Model):
    """A connected data source."""

    model_config = ConfigDict(
        title="Source",
        json_schema_extra={
            "examples": [
                {
                    "id": 2, "name": "shop", "component": "woocommerce", "schedule": "every hour",
                    "paused": False, "last_import": _RUN,
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="name of the connection, under which external ids are unique")
    component: str = Field(description="which kind of source it is, such as `woocommerce`")
    schedule: str | None = Field(description="when it is imported by itself; null for only by hand")
    paused: bool = Field(description="whether its schedule is suspended")
    last_import: ImportOut | None = Field(description="the newest import; null before the first")


class SourcePage(Model):
    """A page of connected data sources by name."""

    items: list[SourceOut] = Field(description="the sources of this page")
    next_cursor: NextCursor


class SourceChange(Model):
    """What is to change of a connected data source; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"schedule": "every hour"}, {"paused": True}]})

    schedule: ScheduleText | None = Field(
        None, description="`every 15 minutes`, `every hour` or five cron fields; null for only by hand"
    )
    paused: bool | None = Field(None, description="whether the schedule is suspended")


class RejectedRowOut(Model):
    """A row that an import could not take."""

    model_config = ConfigDict(
        title="RejectedRow",
        json_schema_extra={"examples": [{"line": 7, "field": "email", "reason": "email is longer than 320"}]},
    )

    line: int | None = Field(description="line of the source, from 1; null when it has no lines")
    field: str | None = Field(description="the field that is wrong; null when it is the whole row")
    reason: str = Field(description="why, for people")


class RejectedRowPage(Model):
    """A page of an import's rejected rows."""

    items: list[RejectedRowOut] = Field(description="the rows of this page, in the order they were met")
    not_kept: int = Field(description="how many more were rejected; only the first 10,000 of an import are kept")
    next_cursor: NextCursor


class KindCounts(Model):
    """What was done with the records of a kind."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "customers", "new": 2, "changed": 0, "unchanged": 1}]}
    )

    kind: str = Field(description="such as `customers` or `orders`")
    new: int = Field(description="stored for the first time")
    changed: int = Field(description="differ from before")
    unchanged: int = Field(description="as they were")


class CsvReport(Model):
    """What came of a CSV file that was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dry_run": False,
                    "kinds": [{"kind": "customers", "new": 2, "changed": 0, "unchanged": 1}],
                    "rejected": 1,
                    "rejected_rows": [{"line": 5, "field": "email", "reason": "email is longer than 320"}],
                    "detected": {"encoding": "utf-8", "delimiter": ","},
                }
            ]
        }
    )  # fmt: skip

    dry_run: bool = Field(description="whether all of it was taken back")
    kinds: list[KindCounts] = Field(description="what was done, by kind")
    rejected: int = Field(description="how many rows could not be taken")
    rejected_rows: list[RejectedRowOut] = Field(description="the first 1,000 of them")
    detected: dict[str, str] = Field(
        description="what was found out about the file: encoding, delimiter, mapping, forms of dates and numbers"
    )
