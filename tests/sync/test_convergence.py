"""Whatever happens to customers, the platform or the process: when it stops, the platform holds what it should."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import ConsentRecord, CustomerRecord, TryAgain
from hub.core.store.facts.erasing import erase_customers

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "25"))
"""More of them make a longer run."""

PEOPLE = ["ada", "bo", "cy", "di"]
ADDRESSES = ["one@example.com", "two@example.com", "three@example.com", "unusable", None]

Step = tuple[Any, ...]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("address"), st.sampled_from(PEOPLE), st.sampled_from(ADDRESSES)),
        st.tuples(st.just("country"), st.sampled_from(PEOPLE), st.sampled_from(["DE", "DK"])),
        st.tuples(st.just("name"), st.sampled_from(PEOPLE), st.sampled_from(["Kim", "Lou"])),
        st.tuples(st.just("consent"), st.sampled_from(PEOPLE), st.booleans()),
        st.tuples(st.just("erase"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("run")),
        st.tuples(st.just("killed at transaction"), st.integers(0, 8)),
        st.tuples(st.sampled_from(["killed before call", "killed after call", "lost answer"]), st.integers(0, 3)),
    ),
    min_size=3,
    max_size=14,
)


class Model:
    """A plain reading of what should be: customers by name with address, country and consent."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.numbers: dict[int, str] = {}

    def person(self, name: str) -> dict[str, Any]:
        return self.people.setdefault(name, {"address": None, "country": None, "consent": False})

    def may_be_sent(self, name: str) -> bool:
        person = self.people.get(name)
        return bool(
            person
            and person["consent"]
            and person["country"] == "DE"
            and person["address"] not in (None, "unusable")
        )

    def expected(self) -> set[str]:
        return {person["address"] for name, person in self.people.items() if self.may_be_sent(name)}


@given(steps=STEPS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_platform_ends_up_with_the_consented_members(
    make_stage: Callable[[Path], Any], tmp_path_factory: Any, steps: list[Step]
) -> None:
    stage = make_stage(tmp_path_factory.mktemp("convergence"))
    model = Model()
    sync = stage.sync()
    for step in steps:
        play(stage, model, sync, step)
    recover(stage)
    for _ in range(2):
        run = stage.run(sync, approved=True)
        stage.now += timedelta(minutes=20)
    assert run.status == "succeeded"
    assert stage.held == model.expected()
    stage.close()


def play(stage: Any, model: Model, sync: Any, step: Step) -> None:
    match step:
        case ("address", name, address):
            stage.bring(CustomerRecord(id=name, email=address))
            model.person(name)["address"] = address
        case ("country", name, country):
            stage.bring(CustomerRecord(id=name, country=country))
            model.person(name)["country"] = country
        case ("name", name, first_name):
            stage.bring(CustomerRecord(id=name, first_name=first_name))
            model.person(name)
        case ("consent", name, given_):
            stage.now += timedelta(seconds=1)
            stage.bring(ConsentRecord(customer=name, permission="newsletter", given=given_, at=stage.now))
            model.person(name)["consent"] = given_
        case ("erase", name):
            with stage.database.writing() as connection:
                numbers = connection.exec_driver_sql("SELECT number FROM customers WHERE external_id = ?", (name,))
                erase_customers(connection, list(numbers.scalars()))
            model.people.pop(name, None)
        case _:
            run_with_fault(stage, model, sync, step)


def run_with_fault(stage: Any, model: Model, sync: Any, step: Step) -> None:
    """Run once with a fault; whoever is sent must be one who may be sent at that moment."""
    left = [step[1]] if len(step) > 1 else [-1]

    def strike(point: str) -> Callable[[str], None]:
        def act(change: str) -> None:
            if step[0] == point:
                left[0] -= 1
                if left[0] < 0:
                    if point == "lost answer":
                        raise TryAgain("the answer got lost")
                    stage.database.dead = True
                    raise SystemExit

        return act

    def after(change: str) -> None:
        strike("killed after call")(change)
        strike("lost answer")(change)

    stage.platform.before = strike("killed before call")
    stage.platform.after = after
    if step[0] == "killed at transaction":
        stage.database.transactions_left = step[1]
    stage.platform.seen.clear()
    try:
        stage.run(sync, approved=True)
    except BaseException as error:
        if not stage.database.dead:
            raise AssertionError("only a dead process ends without recording its run") from error
    allowed = {person["address"] for name, person in model.people.items() if model.may_be_sent(name)}
    assert {next(iter(member.identifiers.values())) for member in stage.platform.seen} <= allowed
    recover(stage)


def recover(stage: Any) -> None:
    """Another process starts later, when the lease has run out."""
    stage.database.dead = False
    stage.database.transactions_left = None
    stage.platform.before = stage.platform.after = lambda change: None
    stage.now += timedelta(minutes=20)
