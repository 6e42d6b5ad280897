"""Answers with a file of members, written as it is sent."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from fastapi.responses import StreamingResponse

from hub.api.models.exports import MemberForm
from hub.core.app import Hub
from hub.core.engines.bitmap import Bitmap
from hub.core.exports.rows import as_csv, as_json_lines, presented

CSV, JSON_LINES, ZIP = "text/csv; charset=utf-8", "application/jsonl", "application/zip"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MEDIA_TYPES = {MemberForm.CSV: CSV, MemberForm.JSON_LINES: JSON_LINES, MemberForm.EXCEL: EXCEL}
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def described(*media_types: str) -> dict[str, Any]:
    """What the OpenAPI document says of an answer that is a file of one of these types."""
    texts = ("text/csv", JSON_LINES)
    return {
        "description": "The file. In CSV, a text that could be taken for a formula has a leading apostrophe.",
        "content": {kind: {"schema": {"type": "string"}} if kind in texts else _BINARY for kind in media_types},
        "headers": {"Content-Disposition": {"schema": {"type": "string"}, "description": "a name for the file"}},
    }


MEMBERS = described("text/csv", JSON_LINES, EXCEL)


def member_file(hub: Hub, members: Bitmap, name: str, form: MemberForm) -> StreamingResponse:
    """A file of members with their figures.

    Args:
        hub: where they are.
        members: whose rows.
        name: the file's, without its ending.
        form: how it is written.
    """
    if form is MemberForm.EXCEL:
        pieces = hub.exports.workbook(members)
    else:
        rows = map(presented, hub.exports.members(members))
        pieces = as_csv(rows) if form is MemberForm.CSV else as_json_lines(rows)
    return streamed(pieces, f"{name}.{form}", _MEDIA_TYPES[form])


def streamed(pieces: Iterator[bytes], name: str, media_type: str) -> StreamingResponse:
    """Send a file while it is written. What goes wrong before its first piece is still told as a problem.

    Args:
        pieces: what the file holds.
        name: the file's, in plain ASCII.
        media_type: what it is.
    """
    first = list(_first(pieces))
    return StreamingResponse(
        chain(first, pieces),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _first(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        return
