"""``users``, ``usersreplace`` and ``sessions``: people come and go by rows of hashes."""

import json
import re
from collections.abc import Sequence
from typing import Any

from hub.testing.platforms.facebook.calls import Call
from hub.testing.platforms.facebook.errors import (
    being_replaced,
    flagged,
    invalid,
    no_first_batch,
    session_expired,
    session_over,
    terms_not_accepted,
    too_few_left,
)
from hub.testing.platforms.facebook.state import Account, Audience, People, Row, UploadSession
from hub.testing.platforms.messages import Reply

_LARGEST = 10_000
_HASHED = frozenset(
    {"EMAIL", "PHONE", "GEN", "DOBY", "DOBM", "DOBD", "LN", "FN", "FI", "CT", "ST", "ZIP", "COUNTRY"}
)
_PLAIN = frozenset({"EXTERN_ID", "MADID", "LOOKALIKE_VALUE", "APPUID", "PAGEUID"})
_OPTIONS = frozenset(
    {"DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"}
)
_HASH = re.compile(r"[0-9a-f]{64}")
_HASHED_BLANK = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def users(call: Call) -> Reply:
    """Add people, or take them out.

    Raises:
        GraphError: the payload breaks a rule; the audience is flagged or being replaced; too few would be left.
    """
    audience = _changeable(call)
    if audience.replacing(call.account.clock()) is not None:
        raise being_replaced()
    schema, data = _payload(call)
    good, samples = _sorted(call.account, schema, data)
    if call.method == "DELETE":
        _check_rest(call.account, audience, good)
    session = _session(call, audience)
    for row in good:
        (audience.people.take if call.method == "DELETE" else audience.people.put)(row)
    return _receipt(call.account, audience, session, len(data), samples)


def replace(call: Call) -> Reply:
    """Take in a part of those who will be the only ones in the audience when the session ends.

    Raises:
        GraphError: as ``users``; or the session is missing, or does not begin with its first batch.
    """
    audience = _changeable(call)
    schema, data = _payload(call)
    good, samples = _sorted(call.account, schema, data)
    if not isinstance(call.value("session"), dict):
        raise invalid("The parameter session is required")
    under_way = audience.replacing(call.account.clock())
    if under_way is not None and under_way.id != call.value("session").get("session_id"):
        raise being_replaced()
    session = _session(call, audience)
    if min(session.batches) != 1:
        del audience.sessions[session.id]
        raise no_first_batch()
    if session.replacement is None:
        session.replacement = People()
    for row in good:
        session.replacement.put(row)
    if session.is_over:
        audience.people = session.replacement
    return _receipt(call.account, audience, session, len(data), samples)


def sessions(call: Call) -> Reply:
    """The sessions of an audience, the newest first; all values are texts, and who is under way has no end."""
    asked = str(call.parameters.get("fields", "session_id")).split(",")
    rows = [
        {name: value for name, value in _shown(one).items() if name in asked}
        for one in reversed(call.audience.sessions.values())
    ]
    return Reply.of({"data": rows[: int(call.parameters.get("limit", 25))]})


def _shown(one: UploadSession) -> dict[str, str]:
    shown = {
        "session_id": str(one.id),
        "start_time": str(int(one.started)),
        "stage": "processing_completed" if one.is_over else "uploading",
        "num_received": str(one.received),
        "num_invalid_entries": str(one.invalid),
    }
    return shown if one.ended is None else {**shown, "end_time": str(int(one.ended))}


def _changeable(call: Call) -> Audience:
    audience = call.audience
    if not call.account.has_accepted_terms:
        raise terms_not_accepted()
    if audience.status == 471:
        raise flagged()
    return audience


def _payload(call: Call) -> tuple[Sequence[str], list[list[Any]]]:
    payload = call.value("payload")
    if not isinstance(payload, dict):
        raise invalid("The parameter payload is required")
    schema, data = payload.get("schema"), payload.get("data")
    if isinstance(schema, str):
        schema, data = [schema], [[one] for one in data] if isinstance(data, list) else data
    if not isinstance(schema, list) or not isinstance(data, list) or not data:
        raise invalid("payload needs a schema and data")
    unknown = [key for key in schema if key not in _HASHED | _PLAIN | _OPTIONS]
    if unknown:
        raise invalid(f"payload[schema]: {unknown[0]} is not a key")
    if len(data) > _LARGEST:
        raise invalid(f"payload[data]: at most {_LARGEST} rows at a time")
    if not all(isinstance(row, list) and len(row) == len(schema) for row in data):
        raise invalid("payload[data]: each row must have as many values as the schema has keys")
    return schema, data


def _session(call: Call, audience: Audience) -> UploadSession:
    """The session the request belongs to, with the request counted; one without a session is one by itself."""
    stated = call.value("session")
    if stated is None:
        stated = {"session_id": len(audience.sessions) + 1, "batch_seq": 1, "last_batch_flag": True}
    number, sequence = stated.get("session_id"), stated.get("batch_seq")
    if not isinstance(number, int) or not 0 < number < 2**63 or not isinstance(sequence, int) or sequence < 1:
        raise invalid("session: session_id must be a 64-bit number and batch_seq 1 or more")
    total, is_last = stated.get("estimated_num_total", 1), stated.get("last_batch_flag", False)
    if type(total) is not int or total < 1 or not isinstance(is_last, bool):
        raise invalid("session: estimated_num_total must be a number over 0 and last_batch_flag true or false")
    others = (one for one in call.account.audiences.values() if one is not audience)
    if any(number in other.sessions for other in others):
        raise invalid("session: session_id must be unique in the ad account")
    now = call.account.clock()
    session = audience.sessions.setdefault(number, UploadSession(number, now))
    if session.is_over:
        raise session_over()
    if session.is_given_up(now):
        raise session_expired()
    session.batches.append(sequence)
    session.ended = now if is_last else None
    return session


def _sorted(account: Account, schema: Sequence[str], data: list[list[Any]]) -> tuple[list[Row], dict[str, str]]:
    """The rows that can be used, and why the others can't, by the row as compact JSON."""
    good: list[Row] = []
    bad: dict[str, str] = {}
    for values in data:
        row = dict(zip(schema, values, strict=True))
        reason = _mistake(account, row)
        if reason:
            bad[json.dumps(values, separators=(",", ":"))] = reason
        else:
            good.append(row)
    return good, bad


def _mistake(account: Account, row: Row) -> str:
    if "EXTERN_ID" in row and not row["EXTERN_ID"]:
        return "empty external ID"
    for key in _HASHED & row.keys():
        value = row[key]
        if value and (not _HASH.fullmatch(str(value)) or value == _HASHED_BLANK):
            return f"invalid hash of {key}"
    if row.get("DATA_PROCESSING_OPTIONS", []) not in ([], ["LDU"]):
        return "invalid data processing options"
    if not any(row.get(key) for key in (_HASHED | _PLAIN)):
        return "empty row"
    return "invalid entry" if row.get("EMAIL") in account.refused else ""


def _check_rest(account: Account, audience: Audience, rows: list[Row]) -> None:
    """Refuse removals that would leave too few."""
    leaving = {number for row in rows if (number := audience.people.find(row)) is not None}
    if leaving and len(audience.people) - len(leaving) < account.fewest:
        raise too_few_left()


def _receipt(
    account: Account, audience: Audience, session: UploadSession, received: int, bad: dict[str, str]
) -> Reply:
    session.received += received
    session.invalid += len(bad)
    samples = dict(list(bad.items())[: account.most_samples])
    return Reply.of(
        {
            "audience_id": audience.id,
            "session_id": str(session.id),
            "num_received": received,
            "num_invalid_entries": len(bad),
            # An empty map comes as an empty list, as PHP writes it.
            "invalid_entry_samples": samples or [],
        }
    )
