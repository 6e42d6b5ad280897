"""Operations on consent: its texts, what customers tick on a shop's pages, and the proof of it."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query
from fastapi.responses import HTMLResponse

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, write_cursor
from hub.api.dependencies import Cursor, CustomerNumber, Limit, TheHub
from hub.api.models.base import Name
from hub.api.models.consents import (
    CapturedOut,
    ConsentRequestOut,
    ConsentRequestPage,
    ConsentTextList,
    ConsentTextOut,
    NewCapture,
    NewConsentText,
    NewWithdrawal,
    ProofOut,
    ProvenEntryOut,
    WithdrawnOut,
)
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.consents.capturing import Capture, CaptureOutcome
from hub.core.consents.languages import Language
from hub.core.consents.places import ConsentPlace
from hub.core.consents.proof import ProofDocument, ProvenEntry, ProvenRequest, ProvenText
from hub.core.consents.shoppers import Shopper
from hub.core.consents.texts import channels_of
from hub.core.contracts.errors import HubError, UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.store.consent_requests import RequestOf
from hub.core.store.tables import ConsentText

router = APIRouter(tags=["consents"], route_class=GuardedRoute)

_READ = needs(Scope.CONSENTS_READ)
_WRITE = needs(Scope.CONSENTS_WRITE)
_PAGE: dict[str, Any] = {
    "description": "The page, to be kept or printed.",
    "content": {"text/html": {"schema": {"type": "string"}}},
    "headers": {"Content-Disposition": {"schema": {"type": "string"}, "description": "a name for the file"}},
}
_log = logging.getLogger(__name__)


@router.get(
    "/consents/texts", operation_id="listConsentTexts", summary="List consent texts", dependencies=[_READ],
    responses=errors(),
)  # fmt: skip
def list_texts(hub: TheHub) -> ConsentTextList:
    """The newest version of each permission's text, by permission."""
    return ConsentTextList(items=[_shown_text(text) for text in hub.consent_texts.all()])


@router.post(
    "/consents/texts", operation_id="publishConsentText", summary="Publish a consent text", dependencies=[_WRITE],
    responses=errors(body=True),
)  # fmt: skip
def publish_text(hub: TheHub, asked: NewConsentText) -> ConsentTextOut:
    """Make the next version of a permission's text; where nothing would change, the current one is answered."""
    channels = None if asked.channels is None else [ConsentChannel(channel) for channel in asked.channels]
    return _shown_text(hub.consent_texts.publish(asked.permission, asked.text, channels, asked.double_opt_in))


@router.get(
    "/consents/texts/versions", operation_id="listConsentVersions", summary="List versions of a consent text",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def list_versions(
    hub: TheHub, permission: Annotated[Name, Query(description="whose text", examples=["newsletter"])]
) -> ConsentTextList:
    """All versions of a permission's text, newest first."""
    return ConsentTextList(items=[_shown_text(text) for text in hub.consent_texts.versions(permission)])


@router.post(
    "/consents/captures", operation_id="captureConsent", summary="Record what a customer ticked",
    dependencies=[_WRITE], responses=errors(404, body=True),
)  # fmt: skip
def capture(hub: TheHub, asked: NewCapture, afterwards: BackgroundTasks) -> CapturedOut:
    """Record what a customer ticked on a page: all of it, or nothing where anything is refused.

    The text's version may ask for double opt-in; then the address is asked to confirm, right after this answer.
    """
    captured = hub.capturing.capture(_capture(asked))
    if CaptureOutcome.ASKED in captured.outcomes.values():
        afterwards.add_task(_ask, hub)
    outcomes: Any = {channel.value: outcome.value for channel, outcome in captured.outcomes.items()}
    return CapturedOut(number=captured.number, outcomes=outcomes)


@router.post(
    "/consents/withdrawals", operation_id="withdrawConsent", summary="Withdraw a customer's consent",
    dependencies=[_WRITE], responses=errors(404, body=True),
)  # fmt: skip
def withdraw(hub: TheHub, asked: NewWithdrawal) -> WithdrawnOut:
    """Withdraw what a customer gave, from now on. Where nothing stands, nothing is recorded."""
    number = _number(hub, asked)
    channels = None if asked.channels is None else [ConsentChannel(channel) for channel in asked.channels]
    count = hub.consents.withdraw(number, asked.permission, channels, asked.place)
    return WithdrawnOut(number=number, withdrawn=count)


@router.get(
    "/consents/requests", operation_id="listConsentRequests", summary="List open requests to confirm",
    dependencies=[_READ], responses=errors(400),
)  # fmt: skip
def list_requests(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> ConsentRequestPage:
    """The permissions that can still be confirmed (double opt-in), newest first."""
    found = hub.consents.open_requests(limit + 1, before=read_number("consent requests", cursor))
    further = write_cursor("consent requests", found[limit - 1].request.id or 0) if len(found) > limit else None
    return ConsentRequestPage(items=[_shown_request(one) for one in found[:limit]], next_cursor=further)


@router.get(
    "/customers/{number}/consents", operation_id="getConsentProof", summary="Prove a customer's consent",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def get_proof(hub: TheHub, number: CustomerNumber) -> ProofOut:
    """Every entry of a customer's log with the words they saw, what they confirmed, and what stands now."""
    return _shown_proof(hub.consent_proof.of(number))


@router.get(
    "/customers/{number}/consents/page", operation_id="exportConsentProof",
    summary="Prove a customer's consent on a page", dependencies=[_READ],
    response_class=HTMLResponse, responses={200: _PAGE, **errors(404)},
)  # fmt: skip
def export_proof(
    hub: TheHub,
    number: CustomerNumber,
    language: Annotated[Language, Query(description="the language of the page: en, de or da")] = Language.ENGLISH,
) -> HTMLResponse:
    """The same as one HTML page that needs nothing else, for the customer or an authority."""
    headers = {"Content-Disposition": f'attachment; filename="consents-{number}.html"'}
    return HTMLResponse(hub.consent_proof.of(number).as_html(language), headers=headers)


def _capture(asked: NewCapture) -> Capture:
    customer = asked.customer
    shopper = Shopper(
        customer.source,
        customer.external_id,
        email=customer.email,
        phone=customer.phone,
        first_name=customer.first_name,
        last_name=customer.last_name,
        language=customer.language,
    )
    given = {ConsentChannel(channel): ticked for channel, ticked in asked.given.items()}
    place = ConsentPlace(asked.place)
    return Capture(shopper, asked.permission, asked.version, given, place, asked.guest, asked.at)


def _ask(hub: Hub) -> None:
    """The shop has its answer already: what goes wrong is tried again by the hub's own job."""
    try:
        hub.confirming.send_due()
    except HubError as error:
        _log.error("nobody could be asked to confirm a consent: %s", error)


def _number(hub: Hub, asked: NewWithdrawal) -> int:
    known = asked.source is not None and asked.external_id is not None
    if (asked.number is not None) is known or (asked.source is None) is not (asked.external_id is None):
        raise UserError("say which customer: by number, or by source and external_id")
    if asked.number is not None:
        return asked.number
    return hub.consents.number_of(asked.source or "", asked.external_id or "")


def _shown_text(text: ConsentText) -> ConsentTextOut:
    channels: Any = [channel.value for channel in channels_of(text)]
    return ConsentTextOut(
        permission=text.permission,
        version=text.version,
        text=text.text,
        channels=channels,
        double_opt_in=text.double_opt_in,
        published_at=text.created_at,
    )


def _shown_request(found: RequestOf) -> ConsentRequestOut:
    request = found.request
    channel: Any = request.channel
    return ConsentRequestOut(
        id=request.id or 0,
        number=request.customer_number,
        permission=request.permission,
        channel=channel,
        place=request.place,
        version=found.text.version,
        asked_at=request.asked_at,
        sent_at=request.sent_at,
        confirmed_at=request.confirmed_at,
        expires_at=request.expires_at,
        reason=request.reason or None,
    )


def _shown_proof(proof: ProofDocument) -> ProofOut:
    addresses: dict[str, list[str]] = {}
    for address in proof.addresses:
        addresses.setdefault(address.kind, []).append(address.value)
    return ProofOut(
        organisation=proof.organisation,
        made_at=proof.made_at,
        number=proof.number,
        source=proof.source,
        external_id=proof.external_id,
        name=proof.name,
        addresses=addresses,
        entries=[_shown_entry(entry) for entry in proof.entries],
        requests=[_proven_request(proof.number, request) for request in proof.requests],
        texts=[_proven_text(text) for text in proof.texts],
        standing=[_shown_entry(entry) for entry in proof.standing],
    )


def _shown_entry(entry: ProvenEntry) -> ProvenEntryOut:
    return ProvenEntryOut(
        permission=entry.permission,
        channel=entry.channel,
        given=entry.given,
        at=entry.at,
        place=entry.place,
        version=entry.version,
    )


def _proven_request(number: int, request: ProvenRequest) -> ConsentRequestOut:
    channel: Any = request.channel
    return ConsentRequestOut(
        id=request.id,
        number=number,
        permission=request.permission,
        channel=channel,
        place=request.place,
        version=request.version,
        asked_at=request.asked_at,
        sent_at=request.sent_at,
        confirmed_at=request.confirmed_at,
        expires_at=request.expires_at,
        reason=request.reason or None,
    )


def _proven_text(text: ProvenText) -> ConsentTextOut:
    channels: Any = text.channels.split(",")
    return ConsentTextOut(
        permission=text.permission,
        version=text.version,
        text=text.text,
        channels=channels,
        double_opt_in=text.double_opt_in,
        published_at=text.published_at,
    )
