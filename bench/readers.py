"""A hub whose customers bought, agreed to the newsletter and can be reached, and the words that they get."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bench.world import NOW, World, clock, theatre
from hub import (
    Batch,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    Record,
)
from hub.core.app import Hub, make_home, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.templates.contents import Wording
from hub.core.store.tables import Newsletter, NewsletterStatus

PERMISSION = "newsletter"
_NAME = "November"
_EVENTS = 20
_AT_ONCE = 50_000
_GIVEN = ("Ada", "Ben", "Clara", "David", "Ebru", "Finn", "Greta", "Hugo", "Jonas", "Käthe")

SUBJECT = "{{ customer.first_name | otherwise('Dear guest') }}, the programme for November"
SMS = (
    "Hello {{ customer.first_name | otherwise('there') }}, tickets for November are on sale: "
    "https://theatre.example.com/november No more: {{ unsubscribe_url }}"
)
_EVENING = """
    <mj-section padding="8px 0">
      <mj-column width="35%"><mj-image src="https://pictures.example.com/{n}.jpg" alt="Evening {n}" /></mj-column>
      <mj-column width="65%">
        <mj-text font-size="18px" font-weight="bold">Evening {n}</mj-text>
        <mj-text>A play of two hours about a house by the river, and about those who left it.</mj-text>
        <mj-button href="https://theatre.example.com/evenings/{n}">Tickets for Evening {n}</mj-button>
      </mj-column>
    </mj-section>"""
_HTML = """
<mjml>
  <mj-head>
    <mj-title>The programme for November</mj-title>
    <mj-preview>What is on at {{ organisation.name }}</mj-preview>
    <mj-attributes><mj-all font-family="Helvetica, Arial, sans-serif" /></mj-attributes>
  </mj-head>
  <mj-body width="600px" background-color="#f4f4f4">
    <mj-section>
      <mj-column>
        <mj-text font-size="24px">Hello {{ customer.first_name | otherwise('dear guest') }},</mj-text>
        <mj-text>{% if figures.last_purchase %}{{ figures.last_purchase | ago }} you were here last, with
          {{ figures.tickets }} tickets for {{ figures.revenue | money }} since
          {{ figures.first_purchase | otherwise(today) | date }}.{% else %}it is time for a first evening
          with us.{% endif %} On {{ today | date }} we have something new for you.</mj-text>
        <mj-text>{% for title in last_order.titles | otherwise([]) %}How was {{ title }}?
          {% endfor %}{{ own_text | otherwise('') }}</mj-text>
      </mj-column>
    </mj-section>EVENINGS
    <mj-section>
      <mj-column>
        <mj-text font-size="12px">{{ organisation.name }}, Berlin.
          <a href="https://theatre.example.com/imprint">Imprint</a>
          <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
HTML = _HTML.replace("EVENINGS", "".join(_EVENING.format(n=number) for number in range(1, 6)))
"""As theatres send it: a greeting, what is known of the reader, and five evenings with their pictures."""


@dataclass(frozen=True)
class Route:
    """How messages leave: a connection's component and its settings."""

    component: str
    settings: Mapping[str, object]


@contextmanager
def readers(world: World, count: int, channel: ConsentChannel) -> Iterator[Hub]:
    """A hub of its own with so many customers who agreed to the newsletter on a channel, its replica built.

    Args:
        world: in whose folder it is made.
        count: how many.
        channel: what they agreed to, and are reached on.
    """
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        home = Path(folder) / "home"
        make_home(home, theatre())
        reach_publicly(home)
        with closing(open_hub(home, clock)) as hub:
            ingest = Ingest(hub.database, hub.organisation, "shop", clock)
            for _ in ingest.store(_batches(count, channel)):
                pass
            hub.engine.refresh()
            yield hub


def reach_publicly(home: Path) -> None:
    """Say under which address customers reach a hub: links to unsubscribe lead there."""
    settings = home / "hub.toml"
    settings.write_text(settings.read_text() + 'public_url = "https://hub.example.com"\n')


def newsletter_over(hub: Hub, route: Route, wording: Wording) -> Newsletter:
    """A newsletter to all subscribers, scheduled to go out at once."""
    hub.connections.connect(route.component, "out", dict(route.settings))
    template = hub.templates.create(_NAME)
    hub.templates.set_wording(template, wording)
    newsletter = hub.newsletters.create(Draft(_NAME, _NAME, {wording.channel: None}, PERMISSION))
    return hub.newsletters.schedule(newsletter)


def sent(hub: Hub, newsletter: Newsletter) -> int:
    """Let a newsletter go out; return how many messages it is."""
    ended = hub.newsletters.run(newsletter)
    assert ended.status == NewsletterStatus.SENT, ended.message
    (state,) = hub.newsletters.states([ended])
    assert state.counts == {"sent": ended.recipients}, state.counts
    return ended.recipients


def _batches(count: int, channel: ConsentChannel) -> Iterator[Batch]:
    yield Batch.of(
        *(
            EventRecord(id=f"e{number}", title=f"Evening {number}", starts_at=NOW - timedelta(days=number))
            for number in range(_EVENTS)
        )
    )
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        yield Batch.of(*(record for number in numbers for record in _reader(number, channel)))


def _reader(number: int, channel: ConsentChannel) -> Iterator[Record]:
    """A customer; of five, four bought."""
    yield CustomerRecord(
        id=f"c{number}",
        email=f"person{number}@example.com",
        phone=f"+49151{number:08d}",
        first_name=_GIVEN[number % len(_GIVEN)],
        last_name="Köhler",
        city="Berlin",
        country="DE",
        language="en",
    )
    yield ConsentRecord(
        customer=f"c{number}", permission=PERMISSION, channel=channel, given=True, at=NOW - timedelta(days=900)
    )
    if number % 5:
        at = NOW - timedelta(days=number % 800 + 1)
        total = Decimal(20 + number % 60)
        yield OrderRecord(id=f"o{number}", customer=f"c{number}", ordered_at=at, total=total)
        yield OrderLineRecord(id="1", order=f"o{number}", event=f"e{number % _EVENTS}", quantity=2, total=total)
