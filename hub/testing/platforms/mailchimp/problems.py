"""Errors as Mailchimp words them: problem+json, sometimes without a ``type``."""

from collections.abc import Sequence
from typing import Any

from hub.testing.platforms.messages import PROBLEM, Reply

_GLOSSARY = "https://mailchimp.com/developer/marketing/docs/errors/"


class Problem(Exception):
    """An answer that is an error.

    Args:
        status: HTTP status.
        title: the error's name, such as ``Resource Not Found``.
        detail: a sentence.
        errors: for a 400, (field, message) of what is wrong.
        has_type: Mailchimp leaves ``type`` out of some errors.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        *,
        has_type: bool = True,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.has_type = has_type

    def reply(self) -> Reply:
        """The problem as an HTTP answer."""
        body: dict[str, Any] = {"type": _GLOSSARY} if self.has_type else {}
        body |= {"title": self.title, "status": self.status, "detail": self.detail, "instance": "loopback"}
        if self.errors:
            body["errors"] = [{"field": field, "message": message} for field, message in self.errors]
        return Reply.of(body, self.status, PROBLEM)


def not_found() -> Problem:
    """The thing addressed does not exist."""
    return Problem(404, "Resource Not Found", "The requested resource could not be found.")


def invalid(detail: str, *errors: tuple[str, str]) -> Problem:
    """The request's body or a parameter breaks a rule."""
    return Problem(400, "Invalid Resource", detail, errors)


def throttled() -> Problem:
    """More than 10 connections at once, or more than 500 batches waiting."""
    return Problem(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.")
