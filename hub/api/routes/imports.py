"""Operations on connected data sources: list and schedule them, import them, and see how that went."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from fastapi.responses import StreamingResponse

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, read_text, write_cursor
from hub.api.dependencies import Background, Cursor, ImportId, Limit, SourceId, TheHub
from hub.api.models.imports import (
    ImportOut,
    ImportPage,
    NewImport,
    RejectedRowOut,
    RejectedRowPage,
    SourceChange,
    SourceOut,
    SourcePage,
)
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import InUse
from hub.core.ingest.rejected_rows import as_csv
from hub.core.store.imports import MOST_REJECTIONS
from hub.core.store.tables import Connection, ImportRejection, ImportRun, ImportStatus

router = APIRouter(prefix="/imports", tags=["imports"], route_class=GuardedRoute)

_READ = needs(Scope.IMPORTS_READ)
_WRITE = needs(Scope.IMPORTS_WRITE)
_AS_USUAL = NewImport()
_FILE: dict[str, Any] = {
    "description": "The rows, with the columns `line`, `field` and `reason`.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}
_PIECE = 1_000


@router.get(
    "", operation_id="listSources", summary="List connected data sources", dependencies=[_READ],
    responses=errors(400),
)  # fmt: skip
def list_sources(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> SourcePage:
    """The connected data sources by name, each with its newest import."""
    found = hub.sources.all(after=read_text("sources", cursor), limit=limit + 1)
    after = write_cursor("sources", found[limit - 1].name) if len(found) > limit else None
    return SourcePage(items=_shown(hub, found[:limit]), next_cursor=after)


@router.get(
    "/{source_id}", operation_id="getSource", summary="Get a connected data source", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_source(hub: TheHub, source_id: SourceId) -> SourceOut:
    """A connected data source with its newest import."""
    return _shown(hub, [hub.sources.of_id(source_id)])[0]


@router.patch(
    "/{source_id}", operation_id="changeSource", summary="Schedule, pause or resume a connected data source",
    dependencies=[_WRITE], responses=errors(404, body=True),
)  # fmt: skip
def change_source(hub: TheHub, source_id: SourceId, asked: SourceChange) -> SourceOut:
    """Say when a source is imported by itself. An import that is at work goes on to its end."""
    source = hub.sources.of_id(source_id)
    if "schedule" in asked.model_fields_set:
        source = hub.sources.schedule(source, asked.schedule)
    if asked.paused is not None:
        source = hub.sources.pause(source, paused=asked.paused)
    return _shown(hub, [source])[0]


@router.get(
    "/{source_id}/runs", operation_id="listImports", summary="List a source's imports", dependencies=[_READ],
    responses=errors(400, 404),
)  # fmt: skip
def list_imports(hub: TheHub, source_id: SourceId, cursor: Cursor = None, limit: Limit = 100) -> ImportPage:
    """The imports of a connected source, newest first."""
    list_name = f"imports {source_id}"
    found = hub.sources.history(hub.sources.of_id(source_id), limit + 1, before=read_number(list_name, cursor))
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    return ImportPage(items=[shown(run) for run in found[:limit]], next_cursor=after)


@router.post(
    "/{source_id}/runs", status_code=202, operation_id="startImport", summary="Import a connected source",
    dependencies=[_WRITE],
    responses={
        202: {"description": "The import has begun; ask at Location how it stands.", "headers": LOCATION},
        **errors(404, 409, body=True),
    },
)  # fmt: skip
def start_import(
    hub: TheHub,
    background: Background,
    source_id: SourceId,
    response: Response,
    asked: Annotated[NewImport, Body()] = _AS_USUAL,
) -> ImportOut:
    """Bring in what is new in a source, in the background: it may take hours. One that is paused runs too."""
    source = hub.sources.of_id(source_id)
    begun = hub.sources.begin(source)
    background.start(
        f"import {begun.run_id}",
        lambda: hub.sources.finish(begun, approved=asked.approved),
        lambda: hub.sources.cancel(source),
    )
    response.headers["Location"] = f"/api/v1/imports/runs/{begun.run_id}"
    return shown(hub.sources.run_of(begun.run_id))


@router.get(
    "/runs/{import_id}", operation_id="getImport", summary="Get an import", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_import(hub: TheHub, import_id: ImportId) -> ImportOut:
    """How an import stands or ended."""
    return shown(hub.sources.run_of(import_id))


@router.post(
    "/runs/{import_id}/cancel", status_code=202, operation_id="cancelImport", summary="Cancel an import",
    dependencies=[_WRITE],
    responses={202: {"description": "The import ends after its current batch."}, **errors(404, 409)},
)  # fmt: skip
def cancel_import(hub: TheHub, import_id: ImportId) -> ImportOut:
    """Ask an import to end after its current batch; the next one goes on from there."""
    run = hub.sources.run_of(import_id)
    if run.status != ImportStatus.RUNNING:
        raise InUse(f"the import {import_id} is over: it ended as {run.status}")
    hub.sources.cancel(hub.sources.of_id(run.connection_id))
    return shown(hub.sources.run_of(import_id))


@router.get(
    "/runs/{import_id}/rejections", operation_id="listRejectedRows", summary="List an import's rejected rows",
    dependencies=[_READ], responses=errors(400, 404),
)  # fmt: skip
def list_rejected_rows(
    hub: TheHub, import_id: ImportId, cursor: Cursor = None, limit: Limit = 100
) -> RejectedRowPage:
    """The rows that an import could not take, each with its reason."""
    run = hub.sources.run_of(import_id)
    list_name = f"rejected rows {import_id}"
    found = hub.sources.rejections(run, after=read_number(list_name, cursor), limit=limit + 1)
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    items = [rejected(one.line, one.field, one.reason) for one in found[:limit]]
    return RejectedRowPage(items=items, not_kept=max(run.rejected - MOST_REJECTIONS, 0), next_cursor=after)


@router.get(
    "/runs/{import_id}/rejections.csv", operation_id="exportRejectedRows",
    summary="Export an import's rejected rows", dependencies=[_READ], response_class=StreamingResponse,
    responses={200: _FILE, **errors(404)},
)  # fmt: skip
def export_rejected_rows(hub: TheHub, import_id: ImportId) -> StreamingResponse:
    """The rows that an import could not take, as one CSV file."""
    return StreamingResponse(
        as_csv(_pieces(hub, hub.sources.run_of(import_id))),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{import_id}-rejected.csv"'},
    )


def _pieces(hub: Hub, run: ImportRun) -> Iterator[Sequence[ImportRejection]]:
    after: int | None = None
    while found := hub.sources.rejections(run, after=after, limit=_PIECE):
        yield found
        after = found[-1].id


def rejected(line: int, field: str, reason: str) -> RejectedRowOut:
    """A rejected row as it travels."""
    return RejectedRowOut(line=line or None, field=field or None, reason=reason)


def shown(run: ImportRun) -> ImportOut:
    """An import as it travels."""
    assert run.id is not None
    status: Any = run.status
    return ImportOut(
        id=run.id,
        source_id=run.connection_id,
        status=status,
        started_at=run.started_at,
        ended_at=run.ended_at,
        message=run.message,
        new=run.inserted,
        changed=run.updated,
        unchanged=run.unchanged,
        deleted=run.deleted,
        rejected=run.rejected,
        cancel_requested=run.cancel_requested,
    )


def _shown(hub: Hub, sources: Sequence[Connection]) -> list[SourceOut]:
    newest = hub.sources.newest_runs(sources)
    items: list[SourceOut] = []
    for source in sources:
        assert source.id is not None
        last = newest.get(source.id)
        items.append(
            SourceOut(
                id=source.id,
                name=source.name,
                component=source.component,
                schedule=source.schedule,
                paused=source.paused,
                last_import=shown(last) if last else None,
            )
        )
    return items
