"""Whatever happens to customers, newsletters, providers and processes: nobody gets anything without consent at the
moment of sending, and nobody gets one newsletter twice.

``HUB_EXAMPLES=400`` makes it a longer run.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import (
    ConsentChannel,
    CustomerRecord,
    FateUnknown,
    Message,
    NotAuthorised,
    Refusal,
    Rejected,
    TryAgain,
    UserError,
)
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import Newsletter
from tests.messaging.conftest import EMAIL, SMS, Stage, make_stage
from tests.mortal_database import Killed, MortalDatabase

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "12"))
"""More of them make a longer run."""

PEOPLE = ["ada", "ben", "cyn", "dan", "eve", "fay"]
MAILS = ["one@example.com", "Two@example.com", "three@example.com", "unusable", None]
PHONES = ["+4915112345678", "0151 12345679", "unusable", None]
SEGMENTS = [(), ("Germans",), ("Germans", "Danes")]
CHANNELS = [(EMAIL,), (SMS,), (EMAIL, SMS), (SMS, EMAIL)]
FINAL = {"sent", "bounced", "failed", "unknown", "withheld", "cancelled"}

PERSON, CHANNEL = st.sampled_from(PEOPLE), st.sampled_from([EMAIL, SMS])
Step = tuple[Any, ...]
CHANGES = st.one_of(
    st.tuples(st.just("consent"), PERSON, CHANNEL, st.booleans()),
    st.tuples(st.just("consent"), PERSON, CHANNEL, st.just(True)),
    st.tuples(st.just("email"), PERSON, st.sampled_from(MAILS)),
    st.tuples(st.just("phone"), PERSON, st.sampled_from(PHONES)),
    st.tuples(st.just("country"), PERSON, st.sampled_from(["DE", "DK"])),
    st.tuples(st.just("erase"), PERSON),
)
ACTS = st.one_of(
    CHANGES,
    st.just(("pause",)),
    st.just(("cancel",)),
    st.tuples(st.just("all withdraw"), CHANNEL),
    st.sampled_from(
        [
            ("answer", TryAgain("busy", after=30)),
            ("answer", FateUnknown("the answer was lost")),
            ("answer", Rejected("no such mailbox", Refusal.ADDRESS)),
            ("answer", Rejected("stopped", Refusal.UNSUBSCRIBED)),
            ("answer", Rejected("too long")),
            ("answer", NotAuthorised("the key is refused")),
            ("killed before",),
            ("killed after",),
        ]
    ),
)
MEANWHILE = st.dictionaries(st.integers(0, 5), ACTS, max_size=3)
"""What happens when so many messages were taken."""
SENDINGS = st.tuples(
    st.just("send"),
    st.sampled_from(CHANNELS),
    st.sampled_from(SEGMENTS),
    MEANWHILE,
    st.one_of(st.none(), st.integers(0, 14)),
)
"""The last one: at which transaction the process dies."""
STEPS = st.tuples(st.lists(CHANGES, max_size=6), st.lists(st.one_of(SENDINGS, CHANGES), min_size=1, max_size=6))


@dataclass
class World:
    """A stage, and what was seen of it."""

    stage: Stage
    violations: list[str] = field(default_factory=list)
    taken: list[tuple[int, int, str]] = field(default_factory=list)
    """Newsletter, customer and address of every message that a provider took."""
    newsletters: list[Newsletter] = field(default_factory=list)
    mortal: MortalDatabase | None = None

    def restart(self) -> None:
        """Another process opens the same store."""
        self.stage.hub.close()
        self.stage.hub = self.stage.opened()
        self.mortal = None

    def consents(self, number: int, channel: ConsentChannel) -> bool:
        """Whether the newest entry of the log says that a customer agreed."""
        query = (
            "SELECT given FROM consents WHERE customer_number = ? AND permission = 'newsletter' AND channel = ? "
            "ORDER BY at DESC, id DESC LIMIT 1"
        )
        found = self.ask(query, number, channel.value)
        return bool(found and found[0][0])

    def ask(self, query: str, *values: object) -> list[Any]:
        with self.stage.hub.database.reading() as connection:
            return list(connection.exec_driver_sql(query, values).all())

    def number(self, name: str) -> int | None:
        found = self.ask("SELECT number FROM customers WHERE external_id = ?", name)
        return found[0][0] if found else None


def play(world: World, step: Step) -> None:
    """Let one thing happen."""
    stage = world.stage
    stage.now += timedelta(seconds=1)
    match step:
        case ("consent", name, channel, is_given):
            stage.agree(name, channel=channel, given=is_given)
        case ("all withdraw", channel):
            stage.agree(*PEOPLE, channel=channel, given=False)
        case ("email", name, address):
            stage.bring(CustomerRecord(id=name, email=address))
        case ("phone", name, number):
            stage.bring(CustomerRecord(id=name, phone=number))
        case ("country", name, country):
            stage.bring(CustomerRecord(id=name, country=country))
        case ("erase", name):
            number = world.number(name)
            with stage.hub.database.writing() as connection:
                erase_customers(connection, [] if number is None else [number])
        case ("send", channels, segments, meanwhile, death):
            send(world, channels, segments, dict(meanwhile), death)


def send(
    world: World,
    channels: tuple[ConsentChannel, ...],
    segments: tuple[str, ...],
    meanwhile: dict[int, Step],
    death: int | None,
) -> None:
    """Send a newsletter while things happen."""
    stage = world.stage
    newsletter = stage.newsletter(
        f"No. {len(world.newsletters)}", channels=dict.fromkeys(channels), segments=list(segments)
    )
    world.newsletters.append(stage.hub.newsletters.schedule(newsletter))
    if death is not None:
        world.restart()
        world.mortal = MortalDatabase(f"sqlite:///{stage.home / 'hub.sqlite'}")
        world.mortal.transactions_left = death
        stage.hub.database.close()
        stage.hub.database = world.mortal
    watch(world, newsletter, meanwhile)
    go_on(world, newsletter)
    if world.mortal is not None:
        world.mortal.transactions_left = None  # it outlived the newsletter


def go_on(world: World, newsletter: Newsletter) -> None:
    """Let the newsletter be sent as far as it goes; if the process dies, another one begins anew."""
    try:
        world.stage.hub.newsletters.run(newsletter)
    except Killed:
        world.restart()


def watch(world: World, newsletter: Newsletter, meanwhile: dict[int, Step]) -> None:
    """Look at every message that comes, and let things happen."""
    stage = world.stage
    count = [0]

    def seen(channel: ConsentChannel, *, at_once: int) -> Callable[[Message], Exception | None]:
        def look(message: Message) -> Exception | None:
            message_id = int(message.id.rpartition("-")[2])
            ((number, sent_by, status),) = world.ask(
                "SELECT customer_number, newsletter_id, status FROM messages WHERE id = ?", message_id
            )
            if status != "sending":
                world.violations.append(f"a message that is {status} was sent")
            # What comes in one call was decided on together, before anything could happen.
            if at_once == 1 and not world.consents(number, channel):
                world.violations.append("somebody without consent was written to")
            act = meanwhile.pop(count[0], None)
            count[0] += 1
            answer = happen(world, newsletter, act)
            if answer is None or isinstance(answer, FateUnknown):
                world.taken.append((sent_by, number, message.to))
            if act == ("killed after",):
                die(world)
            return answer

        return look

    stage.mail.side_by_side = 1
    stage.mail.fault = seen(EMAIL, at_once=1)
    stage.texts.fault = seen(SMS, at_once=4)


def happen(world: World, newsletter: Newsletter, act: Step | None) -> Exception | None:
    """What happens while a message is handed over; what the provider answers."""
    match act:
        case None | ("killed after",):
            return None
        case ("killed before",):
            die(world)
        case ("answer", error):
            assert isinstance(error, Exception)
            return error
        case ("pause",):
            with suppress(UserError):
                world.stage.hub.newsletters.pause(newsletter)
        case ("cancel",):
            with suppress(UserError):
                world.stage.hub.newsletters.cancel(newsletter)
        case _:
            play(world, act)
    return None


def die(world: World) -> None:
    """The process is killed; whatever it was about to write is not written."""
    if world.mortal is not None:
        world.mortal.dead = True
        raise Killed


def finish(world: World) -> None:
    """Mend whatever stands in the way, and let everything come to its end."""
    world.restart()
    for newsletter in world.newsletters:
        watch(world, newsletter, {})
        for _ in range(8):
            world.stage.now += timedelta(hours=2)
            with suppress(UserError):
                world.stage.hub.newsletters.resume(world.stage.hub.newsletters.of_id(newsletter.id or 0))
            go_on(world, newsletter)


def check(world: World) -> None:
    """See that the promises were kept."""
    assert not world.violations
    kept_ids = {message.id for message in world.stage.texts.arrived}
    assert len(kept_ids) == len(world.stage.texts.arrived), "this channel drops what it knows"
    by_mail = Counter((newsletter, customer) for newsletter, customer, to in world.taken if not to.startswith("+"))
    assert all(times == 1 for times in by_mail.values()), "somebody got a newsletter twice"
    to_mail = Counter((newsletter, to) for newsletter, _, to in world.taken if not to.startswith("+"))
    assert all(times == 1 for times in to_mail.values()), "an address got a newsletter twice"
    on_both = Counter((newsletter, customer) for newsletter, customer, _ in set(world.taken))
    assert all(times == 1 for times in on_both.values()), "somebody got it on two channels, or at two addresses"
    taken = {(newsletter, customer) for newsletter, customer, _ in world.taken}
    rows = world.ask("SELECT newsletter_id, customer_number, status FROM messages")
    for newsletter, customer, status in rows:
        assert status in FINAL
        arrived = (newsletter, customer) in taken
        assert status != "sent" or arrived, "what is told as sent was taken"
        assert not arrived or status in ("sent", "unknown"), f"what was taken is told as {status}"
    for newsletter in world.newsletters:
        current = world.stage.hub.newsletters.of_id(newsletter.id or 0)
        assert current.status in ("sent", "cancelled"), current.message


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(steps=STEPS)
def test_nobody_without_consent_and_nobody_twice(steps: tuple[list[Step], list[Step]]) -> None:
    with TemporaryDirectory() as folder:
        world = World(make_stage(Path(folder) / "home"))
        world.stage.template()
        world.stage.hub.segments.create("Germans", 'country in ("DE")')
        world.stage.hub.segments.create("Danes", 'country in ("DK")')
        world.stage.bring_readers(*PEOPLE)
        world.stage.agree(*PEOPLE[::2], channel=SMS)
        try:
            for step in (*steps[0], *steps[1]):
                play(world, step)
            finish(world)
            check(world)
        finally:
            world.stage.close()
