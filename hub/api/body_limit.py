"""Refuses bodies that are too large, so that nobody fills the memory.

FastAPI's own limit answers in plain text, whatever handlers there are.
"""

import re

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024 * 1024
"""Bytes. The largest definition there may be takes a fraction of that."""
LARGEST_LIST = 16 * 1024 * 1024
"""Bytes of a list of customers for a manual segment: some hundred thousand ids, which people do have in a file."""

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes of a CSV file, which goes to the disk and not into memory."""

_TAKES_LISTS = re.compile(r"/api/v1/segments/\d+/members(/remove)?")
_TAKES_FILES = "/api/v1/imports/csv"


class BodyLimit:
    """Middleware that ends a request with 413 once more of its body came in than its path may take.

    That is ``LARGEST_BODY``; ``LARGEST_LIST`` where members are added to manual segments or removed;
    ``LARGEST_FILE`` where a file is imported.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        received = 0
        most = _most(scope.get("path", ""))

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413, f"the body is too large: {most // 1024**2} MiB are the most here")
            return message

        await self._app(scope, receive_within_limit if scope["type"] == "http" else receive, send)


def _most(path: str) -> int:
    if path == _TAKES_FILES:
        return LARGEST_FILE
    return LARGEST_LIST if _TAKES_LISTS.fullmatch(path) else LARGEST_BODY
