"""The reading of feeds by other programs. The address is all they need; it must never reach a log."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from hub.api import problems
from hub.api.dependencies import TheHub
from hub.api.entity_tags import tags_in, written_tag
from hub.api.routes.describing import open_errors
from hub.core.app import Hub
from hub.core.exports.rows import as_csv
from hub.core.feeds.notes import Reader, UnknownFeed
from hub.core.feeds.reading import FeedUnavailable, Handout
from hub.core.feeds.writing import FeedForm, as_json

router = APIRouter(prefix="/feeds", tags=["feeds"])

_UNLISTED: Mapping[str, str] = MappingProxyType(
    {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
)
_MEDIA: Mapping[FeedForm, str] = MappingProxyType(
    {FeedForm.CSV: "text/csv; charset=utf-8", FeedForm.JSON: "application/json"}
)
_HEADERS: dict[str, Any] = {
    "ETag": {"schema": {"type": "string"}, "description": "changes when the content does"},
    "Content-Disposition": {"schema": {"type": "string"}, "description": "a name for the file"},
}
# Not declared as parameters of a function: none of them can be wrong, and nothing shall repeat the secret.
_PARAMETERS = [
    {
        "name": "secret", "in": "path", "required": True, "schema": {"type": "string"},
        "description": "the secret part of the address, as it was shown when it was made",
    },
    {
        "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "the `ETag` of an answer that the reader has already",
    },
]  # fmt: skip


def _described(description: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """How an operation that reads a feed is described."""
    content = {media_type: {"schema": schema}}
    return {
        "response_class": StreamingResponse,
        "openapi_extra": {"parameters": _PARAMETERS},
        "responses": {
            200: {"description": description, "headers": _HEADERS, "content": content},
            304: {"description": "The reader has it already: `If-None-Match` names its `ETag`."},
            **open_errors(404, 500, 503),
        },
    }


_AS_CSV = _described(
    "The members. A text that could be taken for a formula has a leading apostrophe.",
    "text/csv",
    {"type": "string"},
)
_AS_JSON = _described("What is read and when, and the members.", "application/json", {"type": "object"})


@router.get("/{secret}.csv", operation_id="readFeedCsv", summary="Read a feed as CSV", **_AS_CSV)
def read_csv(request: Request, hub: TheHub) -> Response:
    """The members of a feed's segment as they are now, with consent as it is now. The address is all it takes."""
    return _answer(hub, request, FeedForm.CSV)


@router.get("/{secret}.json", operation_id="readFeedJson", summary="Read a feed as JSON", **_AS_JSON)
def read_json(request: Request, hub: TheHub) -> Response:
    """The members of a feed's segment as they are now, with consent as it is now. The address is all it takes."""
    return _answer(hub, request, FeedForm.JSON)


router.head("/{secret}.csv", include_in_schema=False)(read_csv)
router.head("/{secret}.json", include_in_schema=False)(read_json)


@router.get("/{anything:path}", include_in_schema=False)
@router.head("/{anything:path}", include_in_schema=False)
def read_nothing() -> Response:
    """Where there is no feed; told as for an address that was revoked."""
    raise _not_found(UnknownFeed())


def _answer(hub: Hub, request: Request, form: FeedForm) -> Response:
    reader = Reader(request.client.host if request.client else "", request.headers.get("user-agent", ""))
    try:
        handout = hub.feed_reading.read(
            request.path_params["secret"],
            form,
            reader,
            _knowing(",".join(request.headers.getlist("if-none-match"))),
            content=request.method != "HEAD",
        )
    except UnknownFeed as error:
        raise _not_found(error) from None
    except FeedUnavailable as error:
        headers = {**_UNLISTED, **problems.retry_after(error.after)}
        raise problems.ProblemRaised(problems.TRY_AGAIN, str(error), headers) from error
    headers = {
        **_UNLISTED,
        "Cache-Control": "private, no-cache",
        **({"ETag": written_tag(handout.tag)} if handout.tag else {}),
    }
    if handout.unchanged:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="feed-{handout.feed_id}.{form}"'
    return StreamingResponse(_pieces(handout, form), media_type=_MEDIA[form], headers=headers)


def _pieces(handout: Handout, form: FeedForm) -> Iterator[bytes]:
    if handout.rows is None:  # asked by HEAD
        return iter(())
    return as_csv([handout.rows]) if form is FeedForm.CSV else as_json(handout.rows, handout.about)


def _knowing(if_none_match: str) -> Callable[[str], bool]:
    known = tags_in(if_none_match)
    return lambda tag: bool(tag) and (tag in known or "*" in known)


def _not_found(error: UnknownFeed) -> problems.ProblemRaised:
    return problems.ProblemRaised(problems.NOT_FOUND, str(error), _UNLISTED)
