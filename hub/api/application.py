"""Puts the REST API together for one hub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from hub.api.background import BackgroundRuns
from hub.api.body_limit import BodyLimit
from hub.api.document import DESCRIPTION, TAGS, HubAPI
from hub.api.handlers import add_handlers
from hub.api.headers import SecurityHeaders
from hub.api.logs import keep_secrets_out
from hub.api.routes import (
    campaign_links,
    chat_links,
    consents,
    counting,
    criteria,
    csv_imports,
    customers,
    dashboards,
    explaining,
    exports,
    feeds,
    health,
    history,
    imports,
    manual_members,
    members,
    message_rules,
    messages,
    newsletter_sending,
    newsletters,
    plugins,
    previews,
    reading,
    runs,
    segments,
    suppressions,
    syncs,
    tags,
    templates,
    views,
    webhooks,
)
from hub.core.app import Hub

PREFIX = "/api/v1"

_PARTS = (
    "registry", "engine", "evaluator", "segments", "segment_editing", "manual_members", "views", "dashboard",
    "explaining", "members", "exports", "profiles", "tagging", "connections", "imports", "sources",
    "syncs", "sync_reports", "feeds", "feed_reading", "tokens",
    "consent_texts", "capturing", "consents", "consent_proof", "confirming",
    "campaign_links", "templates", "fates", "suppressions", "conversations", "chat_links",
    "newsletters", "newsletter_trial", "newsletter_checks", "single_messages", "message_ruling",
)  # fmt: skip


def make_application(hub: Hub, *, close_hub: bool = False) -> FastAPI:
    """Make the REST API of a hub.

    Args:
        hub: what it serves.
        close_hub: whether the hub is closed when the server stops; else that is up to whoever opened it.

    Raises:
        StoreError: the store can't be used.
    """
    keep_secrets_out()
    _make_ready(hub)
    background = BackgroundRuns()

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(background.close)
        if close_hub:
            await run_in_threadpool(hub.close)

    application = HubAPI(
        title="Audience Hub",
        version=version("audience-hub"),
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=TAGS,
        openapi_url=f"{PREFIX}/openapi.json",
        # Their pages would fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    application.state.hub = hub
    application.state.background = background
    application.add_middleware(BodyLimit)
    application.add_middleware(SecurityHeaders)
    add_handlers(application)
    application.include_router(_all_routes())
    application.include_router(reading.router)
    application.include_router(webhooks.router)
    return application


def _all_routes() -> APIRouter:
    every = APIRouter(prefix=PREFIX)
    nouns = (
        counting, segments, dashboards, views, history, explaining, members, manual_members, exports, customers,
        chat_links, consents, tags, criteria, syncs, previews, runs, imports, csv_imports, feeds, plugins, health,
        suppressions, templates, campaign_links, newsletters, newsletter_sending, messages, message_rules,
    )  # fmt: skip
    for noun in nouns:
        every.include_router(noun.router)
    return every


def _make_ready(hub: Hub) -> None:
    """Make the hub's parts now: two requests that came first at once would make them twice."""
    for part in _PARTS:
        getattr(hub, part)
