"""The chapters of the story; each does one thing with the hub as anyone would, and checks what came of it."""

import csv
from zoneinfo import ZoneInfo

from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.segments.recipes import recipe_named
from hub.core.store.tables import RunStatus, SyncRun
from hub.demo.evidence import who_must_be_held
from hub.demo.platform import LIST, Platform
from hub.demo.telling import Teller
from hub.demo.theatre.exports import Export
from hub.demo.theatre.permissions import NEWSLETTER
from hub.demo.theatre.theatre import Theatre
from hub.demo.today import write_todays_exports

SOURCE = "box office"
WIN_BACK, REGULARS = "Win-back", "Regulars of the opera"
DAYS_AWAY, SPENT = 60, 100
AUDIENCE_SYNC, FILE_SYNC = "Win-back in Mailchimp", "Regulars as a file"

_SEGMENTS: tuple[tuple[str, str, dict[str, str | int]], ...] = (
    (WIN_BACK, "Win-back", {"days": DAYS_AWAY, "spent": SPENT}),
    (REGULARS, "Regulars of a category", {"category": "opera"}),
    ("Ballet, not yet opera", "Cross-sell", {"bought": "ballet", "not_bought": "opera"}),
    ("Readers who never bought", "Readers who never bought", {}),
    ("Loyal", "Loyal", {}),
    ("Newcomers", "Newcomers", {}),
    ("Young audience", "Young audience", {}),
    ("Living in Hamburg", "Local", {"city": "Hamburg"}),
)
"""The segment's name, the recipe, and what is filled in."""


def import_chapter(tell: Teller, hub: Hub, files: list[Export]) -> None:
    """Bring the exports in through the CSV source."""
    tell.step("Its exports are brought in; a mapping says which column is what, all else is found out")
    rejected = 0
    with tell.timed(lambda: f"{len(files)} files brought in"):
        for file in files:
            report = hub.imports.run(hub.connections.source("csv", file.settings()), SOURCE)
            made = ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in report.inserted.items() if n)
            tell.detail(f"{file.path.name}: {made}")
            rejected += len(report.rejected)
            arrived = report.inserted["order_lines" if file.kind == "orders" else file.kind]
            if arrived != file.rows:
                tell.check(f"{arrived:,} of the {file.rows:,} rows of {file.path.name} arrived", holds=False)
    tell.check(f"{rejected} rows were rejected", holds=rejected == 0)


def segments_chapter(tell: Teller, hub: Hub) -> None:
    """Make segments of recipes and say how large they are."""
    tell.step("Segments are made of recipes")
    with tell.timed(lambda: f"{len(_SEGMENTS)} segments made and evaluated"):
        for name, recipe, values in _SEGMENTS:
            hub.segments.create(name, recipe_named(recipe).text(values), recipe_named(recipe).description)
    for name, *_ in _SEGMENTS:
        state = hub.segments.state(hub.segments.named(name))
        tell.detail(f"{state.size or 0:>7,}  {name}: {state.text}")


def audience_chapter(tell: Teller, hub: Hub, platform: Platform) -> frozenset[str]:
    """Keep the win-back segment on the platform; a second run finds nothing to do. Returns who it holds."""
    tell.step(f"{WIN_BACK} is kept as a tag in Mailchimp, for those who allowed the newsletter by email")
    tell.detail(f"a Mailchimp account on loopback, with the list {LIST!r}: {platform.server.url}")
    hub.connections.connect("mailchimp", "newsletter tool", platform.settings())
    sync = hub.syncs.create(
        AUDIENCE_SYNC,
        WIN_BACK,
        "newsletter tool",
        permission=NEWSLETTER,
        channel=ConsentChannel.EMAIL,
        schedule="every 5 minutes",
    )
    size = hub.segments.state(hub.segments.named(WIN_BACK)).size or 0
    planned = hub.syncs.preview(sync)
    tell.detail(f"preview: {planned.to_add:,} of {size:,} to add; the others may not be written to")
    run = _run(tell, hub, AUDIENCE_SYNC, "first run")
    held = platform.tagged(WIN_BACK)
    tell.check(
        f"the platform itself counts {len(held):,}, as many as were planned and added",
        holds=len(held) == planned.to_add == run.added > 0,
    )
    before = platform.writes
    _run(tell, hub, AUDIENCE_SYNC, "second run")
    writes = platform.writes - before
    tell.check(f"the second run sent {writes} changes", holds=writes == 0)
    _check_held(tell, hub, platform)
    return held


def box_office_chapter(tell: Teller, hub: Hub, platform: Platform, theatre: Theatre, held: frozenset[str]) -> None:
    """One member buys again, another withdraws consent: the next run takes out exactly those."""
    tell.step("Today one of them buys tickets, and another unsubscribes from the newsletter")
    rows = hub.segments.rows(hub.segments.evaluate(hub.segments.named(WIN_BACK)).members).to_pylist()
    numbers = {row["email"]: row["external_id"] for row in rows if row["email"] in held}
    returning, leaving = sorted(numbers)[:2]
    now = hub.clock().astimezone(ZoneInfo(hub.organisation.time_zone)).replace(tzinfo=None)
    todays = write_todays_exports(theatre, hub.home / "exports", now, numbers[returning], numbers[leaving])
    for file in todays:
        hub.imports.run(hub.connections.source("csv", file.settings()), SOURCE)
    tell.detail(f"brought in: an order of customer {numbers[returning]}, a withdrawal of {numbers[leaving]}")
    planned = hub.syncs.preview(hub.syncs.named(AUDIENCE_SYNC))
    tell.detail(f"preview: {planned.to_add:,} to add, {planned.to_remove:,} to remove")
    _run(tell, hub, AUDIENCE_SYNC, "third run")
    gone = held - platform.tagged(WIN_BACK)
    tell.check("exactly these two lost the tag", holds=gone == {returning, leaving})
    _check_held(tell, hub, platform)


def file_chapter(tell: Teller, hub: Hub) -> None:
    """Keep another segment as a file."""
    tell.step(f"{REGULARS} are kept as a CSV file, for letters by post")
    hub.connections.connect("csv", "files", {"folder": "audiences"})
    sync = hub.syncs.create(FILE_SYNC, REGULARS, "files", permission=None, schedule="0 6 * * *")
    _run(tell, hub, FILE_SYNC, "first run")
    audience = hub.syncs.named(sync.name).audience
    file = hub.home / "audiences" / str(audience)
    with file.open(encoding="utf-8-sig", newline="") as rows:
        found = [row["external_id"] for row in csv.DictReader(rows)]
    members = hub.segments.evaluate(hub.segments.named(REGULARS)).members
    expected = hub.segments.rows(members)["external_id"].to_pylist()
    tell.check(f"{file} holds {len(found):,} members", holds=sorted(found) == sorted(expected))


def _run(tell: Teller, hub: Hub, name: str, which: str) -> SyncRun:
    """Run a sync; the newest state of its run."""
    sync = hub.syncs.named(name)
    ran: list[SyncRun] = []
    with tell.timed(lambda: f"{which}: {ran[0].message}"):
        ran.append(hub.syncs.run(sync))
    if ran[0].status != RunStatus.SUCCEEDED:
        tell.check(f"the {which} of {name!r} ended as {ran[0].status}", holds=False)
    return ran[0]


def _check_held(tell: Teller, hub: Hub, platform: Platform) -> None:
    today = hub.segments.calendar().today
    must = who_must_be_held(hub.home / "exports", today, DAYS_AWAY, SPENT, NEWSLETTER)
    tell.check(
        f"it holds exactly the {len(must):,} that plain SQL over the exported files finds",
        holds=platform.tagged(WIN_BACK) == must,
    )
