"""What is told of consent texts, of requests to confirm, and of the proof of one customer."""

from typing import Any

from hub.cli.output import moment, safe, table
from hub.core.consents.capturing import Captured
from hub.core.consents.proof import ProofDocument, ProvenEntry
from hub.core.consents.texts import channels_of
from hub.core.store.consent_requests import RequestOf
from hub.core.store.tables import ConsentText


def text_data(text: ConsentText) -> dict[str, Any]:
    """A version of a text, for programs."""
    return {
        "permission": text.permission,
        "version": text.version,
        "text": text.text,
        "channels": [channel.value for channel in channels_of(text)],
        "double_opt_in": text.double_opt_in,
        "published_at": text.created_at,
    }


def text_shown(text: ConsentText, zone: str) -> str:
    """A version of a text, for people."""
    lines = {
        "permission": text.permission,
        "version": str(text.version),
        "published": moment(text.created_at, zone),
        "channels": ", ".join(channels_of(text)),
        "double opt-in": "yes" if text.double_opt_in else "no",
    }
    head = "\n".join(f"{label + ':':15}{safe(said)}" for label, said in lines.items())
    return f"{head}\n\n{safe(text.text)}"


def captured_data(captured: Captured) -> dict[str, Any]:
    """What became of a capture, for programs."""
    outcomes = {channel.value: outcome.value for channel, outcome in captured.outcomes.items()}
    return {"number": captured.number, "outcomes": outcomes}


def request_data(found: RequestOf) -> dict[str, Any]:
    """A request to confirm, for programs."""
    request = found.request
    return {
        "id": request.id,
        "number": request.customer_number,
        "permission": request.permission,
        "channel": request.channel,
        "place": request.place,
        "version": found.text.version,
        "asked_at": request.asked_at,
        "sent_at": request.sent_at,
        "expires_at": request.expires_at,
        "reason": request.reason or None,
    }


def proof_shown(proof: ProofDocument) -> str:
    """A proof, for people: who, what stands, and the log."""
    lines = {
        "customer": f"{proof.number} {proof.name}".strip(),
        "known to": f"{proof.source}: {proof.external_id}",
    }
    lines |= {"stands": ", ".join(_standing(entry) for entry in proof.standing if entry.given) or "nothing"}
    head = "\n".join(f"{label + ':':10}{safe(said)}" for label, said in lines.items())
    rows = [
        (
            moment(entry.at, proof.time_zone),
            entry.permission,
            entry.channel,
            "given" if entry.given else "withdrawn",
            entry.version,
            entry.place,
        )
        for entry in proof.entries
    ]
    return f"{head}\n\n{table(('at', 'permission', 'channel', 'what', 'version', 'place'), rows)}"


def _standing(entry: ProvenEntry) -> str:
    return f"{entry.permission} on {entry.channel}"
