"""Refuses bodies that are too large, so that nobody fills the memory.

FastAPI's own limit answers in plain text, whatever handlers there are.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024 * 1024
"""Bytes. The largest definition there may be takes a fraction of that."""


class BodyLimit:
    """Middleware that ends a request with 413 once more than ``LARGEST_BODY`` bytes of its body came in.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_within_limit if scope["type"] == "http" else receive, send)
