"""Errors as the Graph words them: an object ``error`` with a code, and often a more telling subcode."""

from typing import Any

from hub.testing.platforms.messages import Reply

_JSON = "application/json; charset=UTF-8"


class GraphError(Exception):
    """An answer that is an error.

    Args:
        code: Meta's number for the kind of error.
        message: for developers.
        subcode: Meta's number for the very error.
        status: the HTTP status; 400 for nearly all of them.
        title: for users.
        user_message: for users.
        is_transient: whether another try may succeed.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        title: str = "",
        user_message: str = "",
        is_transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self._error: dict[str, Any] = {
            "message": message,
            "type": "OAuthException",
            "code": code,
            "is_transient": is_transient,
            "fbtrace_id": "Aloopback",
        }
        if subcode is not None:
            self._error["error_subcode"] = subcode
        if title:
            self._error |= {"error_user_title": title, "error_user_msg": user_message}

    def reply(self) -> Reply:
        """The error as an HTTP answer."""
        return Reply.of({"error": self._error}, self.status, _JSON)


def unknown(node: str) -> GraphError:
    """There is no such node, or the token may not see it."""
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
        subcode=33,
    )


def invalid(message: str) -> GraphError:
    """A parameter breaks a rule."""
    return GraphError(100, f"(#100) {message}")


def expired() -> GraphError:
    """The token has expired."""
    return GraphError(190, "Error validating access token: Session has expired.", subcode=463, status=401)


def malformed_token() -> GraphError:
    """The token is none."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)


def throttled() -> GraphError:
    """Too many calls for Custom Audiences."""
    return GraphError(
        80003,
        "There have been too many calls to this ad-account. Wait a bit and try again.",
        subcode=2446079,
        is_transient=True,
    )


def too_few_left() -> GraphError:
    """So many removals would leave too small an audience."""
    return GraphError(
        200,
        "Permissions error",
        subcode=1870047,
        title="Audience Size too Low",
        user_message="You cannot remove users from this audience because it will result in a low audience size.",
    )


def flagged() -> GraphError:
    """The audience is blocked until somebody appeals."""
    return GraphError(
        100,
        "Invalid parameter",
        subcode=1713230,
        title="Audience Upload Blocked",
        user_message="Before updating user memberships, you must resolve integrity restrictions on this audience.",
    )


def terms_not_accepted() -> GraphError:
    """Nobody has accepted the terms for Custom Audiences."""
    return GraphError(
        200, "Permissions error", subcode=1870090, title="Custom Audience Terms Not Accepted",
        user_message="You must accept the Custom Audience terms first.",
    )  # fmt: skip


def being_replaced() -> GraphError:
    """A replacement is under way, and nothing else may change the audience."""
    return GraphError(
        2650, "Failed to update the custom audience", subcode=1870145, title="Replacement In Progress",
        user_message="This audience's members are being replaced.",
    )  # fmt: skip


def no_first_batch() -> GraphError:
    """A replacement begins in the middle."""
    return GraphError(
        2650, "Failed to update the custom audience", subcode=1870147, title="Invalid Upload Batch for Replace",
        user_message="The first batch_seq was not detected.",
    )  # fmt: skip


def session_over() -> GraphError:
    """A batch comes after the last one."""
    return GraphError(
        2650, "Failed to update the custom audience", subcode=1870148, title="Multiple Last Batches Received",
        user_message="The last batch of this session was received before.",
    )  # fmt: skip


def session_expired() -> GraphError:
    """A replacement took longer than 90 minutes."""
    return GraphError(
        2650, "Failed to update the custom audience", subcode=1870158, title="Session Expired",
        user_message="The window of 90 minutes for this upload has passed.",
    )  # fmt: skip
