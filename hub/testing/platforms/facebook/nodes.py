"""The ad account, its audiences, and the token: what they show, and how audiences are made and deleted."""

from hub.testing.platforms.facebook.calls import Call
from hub.testing.platforms.facebook.errors import GraphError, invalid, terms_not_accepted
from hub.testing.platforms.facebook.state import Audience
from hub.testing.platforms.messages import Reply

_SOURCES = frozenset({"USER_PROVIDED_ONLY", "PARTNER_PROVIDED_ONLY", "BOTH_USER_AND_PARTNER_PROVIDED"})
_NORMAL, _REPLACING = 200, 414
_FEWEST_SHOWN = 1000
_STATES = {200: "Normal", 414: "Replacing", 421: "Expiring Audience", 471: "Flagged"}


def account(call: Call) -> Reply:
    """Show the ad account."""
    one = call.account
    return call.fields(
        {
            "id": f"act_{one.id}",
            "name": "Loopback",
            "account_status": one.status,
            "tos_accepted": {"custom_audience_tos": int(one.has_accepted_terms)},
        }
    )


def audiences(call: Call) -> Reply:
    """List the audiences, the newest first, in pages."""
    known = list(reversed(call.account.audiences.values()))
    start = int(call.parameters.get("after", 0))
    end = start + min(int(call.parameters.get("limit", 25)), 200)
    asked = str(call.parameters.get("fields", "id")).split(",")
    shown = [_shown(call, one) for one in known[start:end]]
    rows = [{name: value for name, value in one.items() if name in (*asked, "id")} for one in shown]
    paging = {"cursors": {"before": str(start), "after": str(end)}}
    return Reply.of({"data": rows, "paging": paging | ({"next": "another page"} if end < len(known) else {})})


def create(call: Call) -> Reply:
    """Make an audience.

    Raises:
        GraphError: a parameter is missing or wrong, or the terms are not accepted.
    """
    if not call.account.has_accepted_terms:
        raise terms_not_accepted()
    source = call.text("customer_file_source")
    if call.text("subtype") != "CUSTOM" or source not in _SOURCES:
        raise invalid("subtype must be CUSTOM and customer_file_source one of its values")
    made = call.account.make(call.text("name"), str(call.parameters.get("description", "")), source)
    return Reply.of({"id": made.id})


def audience(call: Call) -> Reply:
    """Show an audience."""
    return call.fields(_shown(call, call.audience))


def delete(call: Call) -> Reply:
    """Delete an audience."""
    del call.account.audiences[call.audience.id]
    return Reply.of({"success": True})


def debug_token(call: Call) -> Reply:
    """Show what is known of a token.

    Raises:
        GraphError: the token may not ask.
    """
    token = call.account.token
    if not token.may_be_debugged:
        raise invalid("You must provide an app access token, or a user access token of a developer of the app")
    if call.text("input_token") != token.text:
        error = {"code": 190, "message": "The access token could not be decrypted"}
        return Reply.of({"data": {"is_valid": False, "scopes": [], "error": error}})
    state = {"is_valid": not token.is_expired, "expires_at": token.expires_at, "scopes": list(token.scopes)}
    return Reply.of({"data": {"app_id": "1", "type": "SYSTEM_USER", "data_access_expires_at": 0} | state})


def unsupported(call: Call) -> GraphError:
    """There is no such call."""
    return GraphError(2500, f"Unknown path components: /{'/'.join(call.parts)}")


def _shown(call: Call, one: Audience) -> dict[str, object]:
    is_replacing = one.status == _NORMAL and one.replacing(call.account.clock()) is not None
    status = _REPLACING if is_replacing else one.status
    # Nobody is shown how small a small audience is.
    size = max(len(one.people), _FEWEST_SHOWN)
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "subtype": one.subtype,
        "customer_file_source": one.source,
        "approximate_count": size,
        "approximate_count_lower_bound": max(size * 49 // 50, _FEWEST_SHOWN),
        "approximate_count_upper_bound": size if size == _FEWEST_SHOWN else size * 51 // 50,
        "operation_status": {"code": status, "description": _STATES.get(status, "Unusual")},
        "delivery_status": {"code": 200, "description": "This audience is ready for use."},
    }
