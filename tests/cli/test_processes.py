"""What only a process of its own shows: exit codes, pipes, encodings, signals, bugs."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
MAIN = [sys.executable, "-c", "from hub.cli import main; main()"]


def test_results_and_remarks_go_separate_ways(process: Run, home: Path) -> None:
    said = process("segment", "count", "everyone")
    assert (said.out, said.err) == ("4\n", "")
    failed = process("segment", "count", "ordrs > 1", code=1)
    assert failed.out == ""
    assert "did you mean `orders`?" in failed.err
    assert process("segment", "cuont", code=2).out == ""


@pytest.mark.parametrize("words", [["export", "Many", "-"], ["members", "Many", "--limit", "5000"]])
def test_a_reader_that_goes_away_ends_it_silently(home: Path, run: Run, tmp_path: Path, words: list[str]) -> None:
    many = "".join(f"m{number},person-{number}@example.com\n" for number in range(5000))
    (tmp_path / "many.csv").write_text(f"id,email\n{many}")
    run("import", "csv", tmp_path / "many.csv", "--kind", "customers")
    run("segment", "create", "Many", "everyone")
    # Python itself takes a write that was cut short for a whole one if its output is not buffered.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    writer = subprocess.Popen(
        [*MAIN, "segment", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    assert writer.stdout.readline()
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    assert writer.wait() == 141


def test_progress_is_shown_on_a_terminal_alone(process: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id\nx\n")
    words = ["import", "csv", str(tmp_path / "people.csv"), "--kind", "customers"]
    ours, theirs = os.openpty()
    subprocess.run([*MAIN, *words], stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    os.close(theirs)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\r1 records so far, 0 rows rejected" in said
    assert said.endswith("\r")
    assert "so far" not in process(*words).err


POSIX = {"LC_ALL": "POSIX", "LANG": "C"}
ASCII = {**POSIX, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_any_text_is_shown_whatever_the_language(process: Run, run: Run, home: Path) -> None:
    run("segment", "create", "Größen", "everyone")
    assert "Größen" in process("segment", "list", **POSIX).out
    assert process("segment", "count", "Größen", **ASCII).out == "4\n"
    run("segment", "create", "€", "everyone")
    assert "\n\\u20ac " in process("segment", "list", PYTHONIOENCODING="latin-1").out
    assert json.loads(process("segment", "list", "--json", **ASCII).out)[1]["name"] == "Größen"
    assert "Cl\u00e9o" in process("segment", "export", "Buyers", "-", **ASCII).out


def test_a_word_that_is_no_text_is_wrong_usage(home: Path) -> None:
    done = subprocess.run([*MAIN, "segment", "create", b"\xff", "everyone"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"not written in UTF-8" in done.stderr


def test_a_bug_is_a_sentence_and_under_verbose_its_place(process: Run, run: Run, home: Path) -> None:
    with sqlite3.connect(home / "hub.sqlite") as store:
        store.execute('UPDATE segments SET definition = \'{"no": "tree"\'')
    store.close()
    said = run("segment", "list", code=70)
    assert "this is a bug in the hub" in said.err
    assert len(said.err.splitlines()) == 1
    told = process("segment", "list", "--verbose", code=70)
    assert "Traceback" in told.err
    assert run("segment", "list", "--json", code=70).error["exit_code"] == 70


def test_control_c_ends_with_130(home: Path) -> None:
    environment = {**os.environ, "HUB_BUSY_SECONDS": "60"}
    store = sqlite3.connect(home / "hub.sqlite", isolation_level=None)
    store.execute("BEGIN IMMEDIATE")
    words = ["connect", "csv", "x", "--kind", "audience_sink", "--set", "folder=-"]
    waiting = subprocess.Popen(
        [*MAIN, *words], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        # It reads its input before anything else, so a written line says nothing; its silence does.
        assert waiting.stdin is not None
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(timeout=1.5)
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=60)
    finally:
        store.close()
    assert (waiting.returncode, out) == (130, b"")
    assert b"Traceback" not in err


def test_a_replica_in_use_is_not_deleted(process: Run, run: Run, home: Path) -> None:
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.readline()"
    (file,) = (home / "replica").glob("*.duckdb")
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    assert "works with the replica; end it first" in process("replica", "rebuild", code=1).err
    assert run("segment", "count", "everyone").out == "4\n"
    holder.communicate("\n")
    run("replica", "rebuild")


class _Serving:
    """``hub serve`` in a process, with the lines it says."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen([*MAIN, "serve", *words], stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self.address = ""
        self._is_up = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._is_up.wait(60), self.lines

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if line.startswith("Serving "):
                self.address = line.split()[1]
                self._is_up.set()
        self._is_up.set()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        try:
            code = self.process.wait(60)
        finally:
            self.process.kill()  # one that does not end must not outlive its test
            self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def serving(home: Path) -> Iterator[_Serving]:
    served = _Serving("--port", "0")
    yield served
    if served.process.poll() is None:
        served.end(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_and_ends_cleanly(serving: _Serving, number: int) -> None:
    with urllib.request.urlopen(f"{serving.address}/api/v1/openapi.json", timeout=60) as answer:
        assert "paths" in json.load(answer)
    assert serving.end(number) == 0
    assert "Traceback" not in "".join(serving.lines)
    assert serving.lines[-1].startswith("Ending.")


def test_serve_ends_when_told_before_it_is_up(home: Path) -> None:
    served = _Serving("--port", "0")  # it says so before the API is loaded
    assert served.end(signal.SIGTERM) == 0
    assert "Traceback" not in "".join(served.lines)


def test_serve_runs_what_is_due(serving: _Serving, run: Run, home: Path) -> None:
    run("connect", "csv", "files", "--kind", "audience_sink", "--set", "folder=out")
    words = ("--segment", "Buyers", "--to", "files", "--without-consent", "--every", "minute")
    run("sync", "create", "s", *words)
    with sqlite3.connect(home / "hub.sqlite") as store:  # as if it had been made an hour ago
        store.execute("UPDATE syncs SET created_at = created_at - 3600")
    store.close()
    waited = threading.Event()
    for _ in range(300):
        if [one["status"] for one in run("sync", "history", "s", "--json").data] == ["succeeded"]:
            break
        waited.wait(0.2)
    else:
        pytest.fail("".join(serving.lines))
    assert serving.end(signal.SIGTERM) == 0


def test_an_address_that_is_taken_is_told(process: Run, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = process("serve", "--port", str(port), code=1).err
    assert f"nothing can be served at 127.0.0.1, port {port}" in said
    assert "Traceback" not in said
