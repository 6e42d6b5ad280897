"""However many threads and processes want one, no account has more connections than it may have."""

import hashlib
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub.core.app import make_home, open_hub
from hub.core.connection_budget import ConnectionBudget
from hub.core.contracts.errors import SettingsError
from hub.core.store.tables import Organisation

_HOLD = """
    import sys, time
    from pathlib import Path
    from hub.core.connection_budget import ConnectionBudget

    with ConnectionBudget(Path(sys.argv[1])).place("account", int(sys.argv[2])):
        print("held", flush=True)
        time.sleep(60)
"""
_TURNS = """
    import os, sys, time
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path
    from hub.core.connection_budget import ConnectionBudget

    budget, marks, most = ConnectionBudget(Path(sys.argv[1])), Path(sys.argv[3]), int(sys.argv[2])

    def turn(number):
        with budget.place("account", most):
            mark = marks / f"{os.getpid()}-{number}"
            mark.touch()
            there = len(os.listdir(marks))
            time.sleep(0.002)
            mark.unlink()
        return there

    with ThreadPoolExecutor(6) as pool:
        print(max(pool.map(turn, range(60))))
"""


class Tally:
    """Counts how many are inside at once."""

    def __init__(self) -> None:
        self.inside = self.most = self.turns = 0
        self._lock = threading.Lock()

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self.inside += 1
            self.turns += 1
            self.most = max(self.most, self.inside)
        yield
        with self._lock:
            self.inside -= 1


def python(program: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def gets_a_place(budget: ConnectionBudget, most: int, within: float) -> bool:
    """Whether somebody who asks now has a place before so many seconds have passed."""
    got = threading.Event()

    def ask() -> None:
        with budget.place("account", most):
            got.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    return got.wait(within)


def is_taken(budget: ConnectionBudget, most: int) -> bool:
    return not gets_a_place(budget, most, within=0.15)


def is_free(budget: ConnectionBudget, most: int) -> bool:
    return gets_a_place(budget, most, within=10)


@pytest.mark.parametrize("budgets", [1, 3])
def test_threads_never_exceed_it_and_use_all_of_it(tmp_path: Path, budgets: int) -> None:
    shared, tally = [ConnectionBudget(tmp_path) for _ in range(budgets)], Tally()

    def turn(number: int) -> None:
        with shared[number % budgets].place("account", 3), tally.counted():
            time.sleep(0.003)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(turn, range(90)))
    assert (tally.most, tally.turns, tally.inside) == (3, 90, 0)


def test_processes_share_it(tmp_path: Path) -> None:
    locks, marks = tmp_path / "connections", tmp_path / "marks"
    marks.mkdir()
    running = [python(_TURNS, locks, 4, marks) for _ in range(3)]
    most = [int(one.communicate(timeout=30)[0]) for one in running]
    assert max(most) <= 4
    assert max(most) >= 3


def test_a_killed_process_leaves_its_place(tmp_path: Path) -> None:
    budget = ConnectionBudget(tmp_path)
    with python(_HOLD, tmp_path, 1) as process:
        assert first_line(process) == "held"
        assert is_taken(budget, 1)
        process.kill()
    with budget.place("account", 1):
        pass


def test_a_process_that_has_more_to_do_lets_others_have_a_place(tmp_path: Path) -> None:
    now = [100.0]
    busy, modest = ConnectionBudget(tmp_path, lambda: now[0]), ConnectionBudget(tmp_path)
    with ThreadPoolExecutor(3) as pool:
        with busy.place("account", 1):
            waiting = [pool.submit(taking_turns, busy) for _ in range(2)]
            time.sleep(0.05)
        assert is_free(modest, 1)  # though two threads have waited for longer
        assert not any(one.done() for one in waiting)
        now[0] += 0.1
        for one in waiting:
            one.result(10)
    assert all(one.done() for one in waiting)


def taking_turns(budget: ConnectionBudget) -> None:
    with budget.place("account", 1):
        pass


def test_threads_are_served_in_their_order(tmp_path: Path) -> None:
    budget, served = ConnectionBudget(tmp_path), list[int]()

    def ask(number: int) -> None:
        with budget.place("account", 1):
            served.append(number)

    waiting = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    with budget.place("account", 1):
        for thread in waiting:
            thread.start()
            time.sleep(0.01)
    for thread in waiting:
        thread.join(10)
    assert served == list(range(8))


def test_an_error_gives_the_place_back(tmp_path: Path) -> None:
    budget = ConnectionBudget(tmp_path)
    for _ in range(3):
        with pytest.raises(KeyError), budget.place("account", 1):
            raise KeyError
    assert is_free(budget, 1)


def test_one_that_gives_up_waiting_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = ConnectionBudget(tmp_path)

    def interrupted(self: threading.Condition, timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    with budget.place("account", 1):
        with monkeypatch.context() as patch:
            patch.setattr(threading.Condition, "wait", interrupted)
            with pytest.raises(KeyboardInterrupt), budget.place("account", 1):
                pass
        assert is_taken(budget, 1)
    assert is_free(budget, 1)


def test_accounts_do_not_wait_for_one_another(tmp_path: Path) -> None:
    budget = ConnectionBudget(tmp_path)
    with budget.place("account", 1), budget.place("another", 1), ExitStack() as more:
        for _ in range(5):
            more.enter_context(budget.place("a third", 5))


def test_waiting_costs_little(tmp_path: Path) -> None:
    with python(_HOLD, tmp_path, 8) as process, ExitStack() as held:
        assert first_line(process) == "held"
        budget = ConnectionBudget(tmp_path)
        for _ in range(7):
            held.enter_context(budget.place("account", 8))
        before = time.process_time()
        waiting = [threading.Thread(target=is_taken, args=(budget, 8)) for _ in range(20)]
        for thread in waiting:
            thread.start()
        time.sleep(0.5)
        spent = time.process_time() - before
        process.kill()
    assert spent < 0.25


def test_the_name_of_an_account_is_not_to_be_read(tmp_path: Path) -> None:
    with ConnectionBudget(tmp_path / "locks").place("us3 of somebody", 1):
        names = [file.name for file in (tmp_path / "locks").iterdir()]
    assert names == [f"{hashlib.sha256(b'us3 of somebody').hexdigest()[:32]}.0.lock"]


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(SettingsError, match="connections"),
        ConnectionBudget(tmp_path / "file" / "connections").place("account", 1),
    ):
        pass


def test_no_place_at_all_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"), ConnectionBudget(tmp_path).place("account", 0):
        pass


def test_components_of_a_hub_share_its_home(tmp_path: Path) -> None:
    organisation = Organisation(name="Playhouse", time_zone="Europe/Berlin", currency="EUR", country="DE")
    make_home(tmp_path / "home", organisation)
    hub = open_hub(tmp_path / "home")
    try:
        with hub.context("one", True).connection("account", 1):
            assert is_taken(ConnectionBudget(tmp_path / "home" / "connections"), 1)
    finally:
        hub.close()
