"""What is told of newsletters, and what is asked before one goes out."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import typer

from hub.cli.confirming import confirm
from hub.cli.options import options_of
from hub.cli.output import moment, safe
from hub.core.app import Hub
from hub.core.contracts.errors import HubError, UserError
from hub.core.messaging.newsletters.recipients import LeftOut, Recipients
from hub.core.messaging.newsletters.service import NewsletterState
from hub.core.messaging.newsletters.trial import NewsletterPreview
from hub.core.store.tables import MessageStatus, Newsletter

_LATE = timedelta(minutes=1)
"""Clocks differ, and typing takes its time."""
_WHY = {
    LeftOut.NO_CONSENT.value: "did not give the permission",
    LeftOut.NO_ADDRESS.value: "have no usable address",
    LeftOut.SUPPRESSED.value: "have an address that nothing more is sent to",
    LeftOut.SAME_ADDRESS.value: "share an address with somebody who gets it",
}


def as_data(hub: Hub, newsletter: Newsletter) -> dict[str, Any]:
    """A newsletter, for programs."""
    return state_data(*hub.newsletters.states([newsletter]))


def state_data(state: NewsletterState) -> dict[str, Any]:
    """A newsletter and how it stands, for programs."""
    newsletter = state.newsletter
    return {
        "id": newsletter.id,
        "name": newsletter.name,
        "status": newsletter.status,
        "message": newsletter.message,
        "template": state.template,
        "channels": {channel: state.connections[channel] for channel in newsletter.channels.split(",")},
        "permission": newsletter.permission,
        "segments": list(state.segments),
        "companies": list(state.companies),
        "without_events": newsletter.without.get("events", []),
        "without_productions": newsletter.without.get("productions", []),
        "campaign_link": state.campaign_link,
        "subject": newsletter.subject,
        "own_text": newsletter.own_text,
        "tracks_opens": newsletter.tracks_opens,
        "tracks_clicks": newsletter.tracks_clicks,
        "send_at": newsletter.send_at,
        "started_at": newsletter.started_at,
        "ended_at": newsletter.ended_at,
        "chosen": newsletter.chosen,
        "recipients": newsletter.recipients,
        "left_out": newsletter.left_out,
        "messages": {one.value: state.counts[one.value] for one in MessageStatus if one.value in state.counts},
    }


def goes_to(data: Mapping[str, Any]) -> str:
    """Whom a newsletter is for, of what ``state_data`` tells."""
    return ", ".join([*data["segments"], *data["companies"]]) or "all subscribers"


def counted(data: Mapping[str, Any]) -> str:
    """How a newsletter's messages stand, of what ``state_data`` tells."""
    return ", ".join(f"{count:,} {status}" for status, count in data["messages"].items())


def lines_of(data: Mapping[str, Any], zone: str) -> Iterator[tuple[str, str]]:
    """What is shown of a newsletter, by what it is called; empty where there is nothing to say."""
    yield "name", data["name"]
    yield "status", data["status"]
    yield "message", data["message"]
    yield "template", data["template"]
    yield "channels", ", ".join(f"{channel} ({connection})" for channel, connection in data["channels"].items())
    yield "to", goes_to(data)
    yield "permission", data["permission"]
    yield "not to", ", ".join(f"ticket holders of {one}" for one in _left_tickets(data))
    yield "link", data["campaign_link"] or ""
    yield "subject", data["subject"]
    yield "own text", data["own_text"]
    counts = [
        word for word, is_on in (("opens", data["tracks_opens"]), ("clicks", data["tracks_clicks"])) if is_on
    ]
    yield "counts", " and ".join(counts)
    for label, name in (("goes out", "send_at"), ("began", "started_at"), ("ended", "ended_at")):
        yield label, moment(data[name], zone) if data[name] else ""
    if data["started_at"]:
        yield "recipients", f"{data['recipients']:,} of {data['chosen']:,}"
        yield "left out", ", ".join(f"{count:,} {_WHY[reason]}" for reason, count in data["left_out"].items())
    yield "messages", counted(data)


def estimate_data(found: Recipients) -> dict[str, Any]:
    """How many would get a newsletter, for programs."""
    return {
        "chosen": found.chosen,
        "recipients": found.size,
        "channels": {one.channel.value: len(one.numbers) for one in found.reaches},
        "left_out": {reason.value: count for reason, count in found.left_out.items()},
    }


def estimate_text(found: Recipients) -> str:
    """How many would get a newsletter, in plain words."""
    by_channel = ", ".join(f"{len(one.numbers):,} by {one.channel}" for one in found.reaches)
    lines = [f"It is meant for {found.chosen:,} and reaches {found.size:,}: {by_channel}."]
    lines += [f"{found.left_out[one]:>9,}  {_WHY[one.value]}" for one in LeftOut if one in found.left_out]
    return "\n".join(lines)


def reach_text(hub: Hub, newsletter: Newsletter) -> str:
    """How many would get a newsletter, or why that can't be told."""
    try:
        return estimate_text(hub.newsletters.estimate(newsletter))
    except HubError as error:
        return f"It can't be told how many would get it: {safe(str(error))}"


def agree(context: typer.Context, hub: Hub, newsletter: Newsletter, verb: str, *, yes: bool) -> None:
    """Say how many would get a newsletter, and ask whether that is right.

    Args:
        context: the command's.
        hub: where it is.
        newsletter: which one.
        verb: what is about to be done.
        yes: whether the answer is known.

    Raises:
        UserError: it can't go out as it is, the answer is no, or there is nobody to ask.
        TryAgain: a provider can't be reached just now.
    """
    hub.newsletter_checks.check(newsletter)  # nobody is asked for what can't be done
    found = hub.newsletters.estimate(newsletter)
    if not yes or not options_of(context).as_json:
        typer.echo(estimate_text(found), err=True)
    if not yes:
        confirm(f"{verb} the newsletter {safe(newsletter.name)!r} to {found.size:,} customers?")


def instant_of(hub: Hub, clock: datetime) -> datetime:
    """The instant of a moment by the organisation's clock, in UTC.

    Raises:
        UserError: it has passed, or the clock jumps over it.
    """
    zone = ZoneInfo(hub.organisation.time_zone)
    found = clock.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != clock:
        raise UserError(f"there is no {clock:%Y-%m-%d %H:%M} in {zone}: the clocks go forward then")
    if found < hub.clock() - _LATE:
        raise UserError(f"{clock:%Y-%m-%d %H:%M} has passed; say a moment to come, or none to send it at once")
    return found


def preview_data(found: NewsletterPreview) -> dict[str, Any]:
    """A preview, for programs."""
    return {
        "channel": found.channel.value,
        "subject": found.rendered.subject,
        "text": found.rendered.text,
        "html": found.rendered.html,
        "measure": asdict(found.measure) if found.measure else None,
        "withheld": found.withheld or None,
    }


def preview_text(found: NewsletterPreview, *, html: bool) -> str:
    """A preview, for people.

    Args:
        found: what is shown.
        html: whether its HTML is shown, and not the text.

    Raises:
        UserError: it has no HTML.
    """
    if html:
        if found.rendered.html is None:
            raise UserError("these words have no HTML; leave out --html to see the text")
        return found.rendered.html
    lines = [f"Subject: {safe(found.rendered.subject)}\n"] if found.rendered.subject else []
    lines.append(safe(found.rendered.text))
    if found.measure is not None:
        parts = "1 part" if found.measure.parts == 1 else f"{found.measure.parts} parts"
        lines.append(f"\n({parts} in {found.measure.alphabet}, {found.measure.left} more fit into the last)")
    if found.withheld:
        lines.append(f"\n(This customer would not get it: {safe(found.withheld)}.)")
    return "\n".join(lines)


def _left_tickets(data: Mapping[str, Any]) -> list[str]:
    return [*data["without_productions"], *data["without_events"]]
