"""What is told of feeds and of who read them."""

from typing import Any

import typer

from hub.cli.output import remark, show
from hub.core.app import Hub
from hub.core.feeds.service import IssuedFeed
from hub.core.feeds.states import FeedState
from hub.core.feeds.writing import FeedForm
from hub.core.store.tables import FeedRead


def feed_data(state: FeedState) -> dict[str, Any]:
    """A feed, for programs."""
    feed = state.feed
    return {
        "name": feed.name,
        "segment": state.segment,
        "view": state.view,
        "columns": list(state.columns),
        "permission": feed.permission,
        "channel": feed.permission_channel,
        "created_at": feed.created_at,
        "rotated_at": feed.rotated_at,
        "revoked_at": feed.revoked_at,
        "last_read_at": state.last_read_at,
        "problem": state.problem or None,
    }


def status_of(state: FeedState) -> str:
    """How a feed stands, in a few words."""
    return "revoked" if state.feed.revoked_at else state.problem or "in force"


def read_data(read: FeedRead) -> dict[str, Any]:
    """A reading, for programs."""
    return {
        "at": read.at,
        "address": read.address,
        "agent": read.agent,
        "form": read.form,
        "status": read.status,
        "members": read.members,
    }


def show_addresses(context: typer.Context, hub: Hub, issued: IssuedFeed) -> None:
    """Show a feed's new addresses, the only time that they are seen."""
    addresses = {form.value: issued.address(form, hub.settings.public_url) for form in FeedForm}
    data = feed_data(hub.feeds.of_id(issued.feed.id or 0))
    show(context, {**data, "addresses": addresses}, "\n".join(addresses.values()))
    remark(context, "Keep them well: they are not shown again, and whoever knows one reads these customers' data.")
    if not hub.settings.public_url:
        remark(
            context,
            "These are paths: put before them where `hub serve` is reached. With the setting public_url, such as "
            "https://hub.example.com, whole addresses are shown.",
        )
