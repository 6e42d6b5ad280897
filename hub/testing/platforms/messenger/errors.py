"""Errors as Meta words them for messages: an object ``error`` with a code, and often a more telling subcode."""

from typing import Any

from hub.testing.platforms.messages import Reply


class GraphError(Exception):
    """An answer that is an error.

    Args:
        code: Meta's number for the kind of error.
        message: its words.
        subcode: Meta's number for the very error.
        status: the HTTP status.
    """

    def __init__(self, code: int, message: str, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self._error: dict[str, Any] = {
            "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Aloopback"
        }  # fmt: skip
        if subcode is not None:
            self._error["error_subcode"] = subcode

    def reply(self) -> Reply:
        """The error as an HTTP answer."""
        return Reply.of({"error": self._error}, self.status)


def invalid(what: str) -> GraphError:
    """A parameter breaks a rule."""
    return GraphError(100, f"(#100) {what}")


def malformed_token() -> GraphError:
    """The token is none."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)


def expired() -> GraphError:
    """The token has expired."""
    return GraphError(190, "Error validating access token: Session has expired.", 463, status=401)


def throttled() -> GraphError:
    """Too many calls."""
    return GraphError(613, "(#613) Calls to this api have exceeded the rate limit.")


def outside_window() -> GraphError:
    """The customer's last message is too old."""
    return GraphError(10, "(#10) This message is sent outside of allowed window.", 2018278)


def no_human_agent() -> GraphError:
    """The app may not use that tag."""
    return GraphError(10, "(#10) Human Agent permission is required to use this tag.", 2018065)


def restricted() -> GraphError:
    """The Page may send nothing at present."""
    return GraphError(10, "(#10) The Page is temporarily restricted from sending messages.", 1893063)


def unknown_customer() -> GraphError:
    """Nobody with that ID has written to the Page."""
    return GraphError(100, "(#100) No matching user found", 2018001)


def unavailable() -> GraphError:
    """The customer has blocked the Page."""
    return GraphError(551, "(#551) This person isn't available right now.", 1545041)
