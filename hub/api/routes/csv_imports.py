"""The operation that takes a CSV file."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from hub.api import problems
from hub.api.authorisation import GuardedRoute, needs
from hub.api.body_limit import LARGEST_FILE
from hub.api.dependencies import TheHub
from hub.api.models.base import Name
from hub.api.models.imports import CsvReport, KindCounts
from hub.api.routes.describing import errors
from hub.api.routes.imports import rejected
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import InputError, SettingsError, TryAgain, UserError
from hub.core.contracts.records import RECORDS
from hub.core.ingest.report import IngestReport
from hub.core.registry.guarding import guard

router = APIRouter(prefix="/imports", tags=["imports"], route_class=GuardedRoute)

_FILE = "the file"
_MOST_ROWS = 1_000
_KIND = Literal[
    "companies", "customers", "venues", "events", "products", "orders", "order_lines", "carts", "subscriptions",
    "consents", "identities", "tags", "groups", "custom_fields", "custom_values",
]  # fmt: skip
_Kind = Annotated[_KIND, Query(description="what a row is; the fields of each are on the page about `hub import`")]
_Map = Annotated[
    list[Name] | None,
    Query(
        max_length=100,
        description="`FIELD=COLUMN`: which column fills a field, where their names differ; may be repeated. "
        "`FIELD=` alone leaves the field out",
    ),
]
_Source = Annotated[
    Name, Query(description="where the file comes from: external ids are unique within one source")
]
_Delimiter = Annotated[Name | None, Query(max_length=2, description="between two fields; found out if left out")]
_Encoding = Annotated[Name | None, Query(max_length=40, description="such as `cp1252`; found out if left out")]
_Decimal = Annotated[Literal[".", ","] | None, Query(description="decimal sign; found out if left out")]
_DateFormat = Annotated[
    Name | None, Query(max_length=100, description="such as `%d/%m/%Y`; found out if left out")
]
_DryRun = Annotated[bool, Query(description="do everything, then take it all back")]
_BODY = {
    "required": True,
    "description": f"The file itself, of {LARGEST_FILE // 1024**2} MiB at most.",
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}


@router.post(
    "/csv", operation_id="importFile", summary="Import a CSV file", dependencies=[needs(Scope.IMPORTS_WRITE)],
    responses=errors(502, body=True), openapi_extra={"requestBody": _BODY},
)  # fmt: skip
async def import_file(
    request: Request,
    hub: TheHub,
    kind: _Kind,
    map: _Map = None,  # noqa: A002 - what the command line calls it, too
    source: _Source = "csv",
    delimiter: _Delimiter = None,
    encoding: _Encoding = None,
    decimal: _Decimal = None,
    date_format: _DateFormat = None,
    dry_run: _DryRun = False,
) -> CsvReport:
    """Import a CSV file, sent as it is. Rows that are wrong are left out and told; the answer comes at the end."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        detail = "send the file itself as the body, with the header Content-Type: text/csv"
        raise problems.ProblemRaised(problems.WRONG_MEDIA, detail)
    said = {"delimiter": delimiter, "encoding": encoding, "decimal": decimal, "date_format": date_format}
    settings: dict[str, Any] = {"kind": kind, "mapping": _mapping(map or ())}
    settings |= {name: value for name, value in said.items() if value is not None}
    with tempfile.TemporaryDirectory(prefix="hub-upload-") as folder:
        file = Path(folder) / "upload.csv"
        await _receive(request, file)
        return await run_in_threadpool(_import, hub, file, settings, source, dry_run=dry_run)


async def _receive(request: Request, file: Path) -> None:
    try:
        async with await anyio.open_file(file, "wb") as opened:
            async for chunk in request.stream():
                await opened.write(chunk)
    except ClientDisconnect:
        raise InputError("the file ended before it was whole") from None


def _import(hub: Hub, file: Path, settings: dict[str, Any], name: str, *, dry_run: bool) -> CsvReport:
    try:
        made: Any = hub.connections.source("csv", {**settings, "path": str(file)})
        with guard(hub.registry.plugin_of(type(made))):
            made.check()
            detected: dict[str, str] = made.detected()
        report = hub.imports.run(made, name, dry_run=dry_run)
    except SettingsError as error:  # not the hub's, but what was asked for
        raise UserError(_without_path(error, file)) from None
    except InputError as error:
        raise InputError(_without_path(error, file)) from None
    except TryAgain as error:
        raise TryAgain(_without_path(error, file), error.after) from None
    return _shown(report, detected)


def _without_path(error: Exception, file: Path) -> str:
    return str(error).replace(str(file), _FILE)


def _mapping(said: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in said:
        field, sign, column = text.partition("=")
        if not sign or not field or field in found:
            raise UserError("map is not of the form FIELD=COLUMN, or says a field twice")
        found[field] = column
    return found


def _shown(report: IngestReport, detected: dict[str, str]) -> CsvReport:
    counted: Counter[str] = report.inserted + report.updated + report.unchanged
    kinds = [
        KindCounts(
            kind=kind, new=report.inserted[kind], changed=report.updated[kind], unchanged=report.unchanged[kind]
        )
        for kind in RECORDS
        if kind in counted
    ]
    return CsvReport(
        dry_run=report.dry_run,
        kinds=kinds,
        rejected=len(report.rejected),
        rejected_rows=[rejected(row.line, row.field, row.reason) for row in report.rejected[:_MOST_ROWS]],
        detected=detected,
    )
