"""Looks after what a sync depends on besides the audience: the token and the ad account."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from hub import HubError, NotAuthorised, SettingsError
from hub_facebook.graph import Graph
from hub_facebook.judging import Refused, TermsNotAccepted

_PERMISSION = "ads_management"
_SOON = timedelta(days=7)
_ACTIVE = 1
_ACCOUNT_STATES = {
    2: "disabled",
    3: "held back until a bill is paid",
    7: "under review for risk",
    8: "waiting for a payment",
    9: "in the days of grace for a bill",
    100: "about to be closed",
    101: "closed",
}
_USELESS = frozenset({2, 101})


def watch_account(graph: Graph, account: str, log: logging.Logger) -> None:
    """Look at the ad account.

    Raises:
        SettingsError: there is no such account, or it is disabled or closed.
        NotAuthorised: it has not accepted the terms for Custom Audiences.
    """
    try:
        state = graph.call("GET", account, fields="id,name,account_status,tos_accepted")
    except Refused as error:
        if not error.is_unknown:
            raise
        raise SettingsError(
            f"ad_account_id: Meta has no ad account {account}, or hides it from this token. Copy the ID from Ads "
            "Manager, and give the token's user access to the account."
        ) from None
    status = state.get("account_status")
    words = _ACCOUNT_STATES.get(status, f"in the state {status}") if isinstance(status, int) else ""
    if status in _USELESS:
        raise SettingsError(f"ad_account_id: the ad account {account} is {words}. Choose another.")
    if words and status != _ACTIVE:
        log.warning("Meta's ad account %s is %s", account, words)
    accepted = state.get("tos_accepted")
    if isinstance(accepted, dict) and accepted.get("custom_audience_tos") == 0:
        raise TermsNotAccepted(account)


def watch_token(graph: Graph, token: SecretStr, log: logging.Logger, clock: Callable[[], datetime]) -> None:
    """Look at the token; warn a week before it expires.

    Raises:
        NotAuthorised: it is not valid any more, or lacks the permission.
    """
    state = _read_token(graph, token)
    if state.get("is_valid") is False:
        raise NotAuthorised("Meta says the access token is not valid any more. Enter a new one as access_token.")
    scopes = state.get("scopes")
    if isinstance(scopes, list) and _PERMISSION not in scopes:
        raise NotAuthorised(
            f"The access token lacks the permission {_PERMISSION}. Make one with it and enter it as access_token."
        )
    for name, what in (("expires_at", "expires"), ("data_access_expires_at", "loses its access to data")):
        seconds = state.get(name)
        if isinstance(seconds, int) and seconds > 0:
            end = datetime.fromtimestamp(seconds, UTC)
            if end - clock() < _SOON:
                log.warning("Meta's access token %s on %s: enter a new one before", what, f"{end:%Y-%m-%d}")


def _read_token(graph: Graph, token: SecretStr) -> Mapping[str, Any]:
    """What Meta knows of a token; nothing if it does not tell this token about itself.

    Sent as a batch of one, since the token is an argument here, and only a batch has it in the body.
    """
    try:
        answers = graph.batch([_question(token)])
    except Refused:
        return {}
    except HubError as error:
        # The frames it came through have the token among their variables.
        raise error.with_traceback(None) from None
    try:
        found = json.loads(answers[0]["body"])["data"]
    except (IndexError, KeyError, TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _question(token: SecretStr) -> dict[str, str]:
    argument = urlencode({"input_token": token.get_secret_value()})
    return {"method": "GET", "relative_url": f"debug_token?{argument}"}
