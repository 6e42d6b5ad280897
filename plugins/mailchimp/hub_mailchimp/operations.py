"""Many small operations at once: a few over parallel connections, more of them as one ``/batches`` request."""

import io
import json
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from hub import HubError, TryAgain
from hub_mailchimp.answers import Answer
from hub_mailchimp.api import CONNECTIONS, Api, path

_FEW = 100
"""Up to here parallel requests are done sooner than a batch, which waits its turn."""
_LARGEST_BATCH = 1000
_FIRST_PAUSE, _LONGEST_PAUSE, _PATIENCE = 0.2, 10.0, 300.0
"""Seconds."""


@dataclass(frozen=True)
class Operation:
    """One call that does not depend on its neighbours. ``path`` is quoted, ``body`` goes as JSON."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


class Operations:
    """Carries out operations and returns an answer for each, in their order."""

    def __init__(self, api: Api, sleep: Callable[[float], None] = time.sleep) -> None:
        self._api = api
        self._sleep = sleep

    def run(self, operations: Sequence[Operation]) -> list[Answer]:
        """Carry out all operations.

        Raises:
            NotAuthorised, SettingsError, TryAgain: for the first that meets a fault; others may be done.
        """
        if len(operations) <= _FEW:
            return self._run_in_parallel(operations)
        answers: list[Answer] = []
        for start in range(0, len(operations), _LARGEST_BATCH):
            answers += self._run_as_batch(operations[start : start + _LARGEST_BATCH])
        return answers

    def _run_in_parallel(self, operations: Sequence[Operation]) -> list[Answer]:
        if not operations:
            return []
        with ThreadPoolExecutor(min(CONNECTIONS, len(operations)), "mailchimp") as pool:
            return list(pool.map(lambda one: self._api.call(one.method, one.path, one.body), operations))

    def _run_as_batch(self, operations: Sequence[Operation]) -> list[Answer]:
        answer = self._api.call("POST", "/batches", {"operations": _as_sent(operations)})
        name = answer.body.get("id")
        if not answer.is_success or not isinstance(name, str):
            raise TryAgain(f"Mailchimp took no batch: {answer.detail}")
        url = self._wait(name)
        rows = _unpack(self._api.download(url))
        found = {name: self._api.judge(status, text) for name, status, text in rows}
        missing = len(operations) - len(found)
        if missing or not all(str(index) in found for index in range(len(operations))):
            raise TryAgain(f"the results of a batch are incomplete: {missing} are missing")
        return [found[str(index)] for index in range(len(operations))]

    def _wait(self, name: str) -> str:
        """Wait until a batch is finished; returns the address of its results."""
        pause, waited = _FIRST_PAUSE, 0.0
        while waited < _PATIENCE:
            answer = self._api.call("GET", path("batches", name))
            if answer.body.get("status") == "finished":
                return str(answer.body.get("response_body_url"))
            self._sleep(pause)
            waited += pause
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        self._stop(name)
        raise TryAgain("Mailchimp has not carried out a batch in time", 60.0)

    def _stop(self, name: str) -> None:
        """Take a batch back, so that the next try does not add to a queue of at most 500."""
        try:
            self._api.call("DELETE", path("batches", name))
        except HubError:
            return  # What is told is that the batch was late; that it goes on does no harm.


def _as_sent(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    sent = []
    for index, one in enumerate(operations):
        entry = {"method": one.method, "path": one.path, "operation_id": str(index)}
        if one.body is not None:
            entry["body"] = json.dumps(one.body)  # As text: an object here is refused.
        sent.append(entry)
    return sent


def _unpack(packed: bytes) -> Iterator[tuple[str, int, str]]:
    """Yield operation id, HTTP status and body from a gzipped tar of JSON files.

    Raises:
        TryAgain: it is damaged or in another form.
    """
    try:
        rows = list(_rows(packed))
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError) as error:
        raise TryAgain(f"the results of a batch are damaged ({type(error).__name__})") from None
    for row in rows:
        status, name, text = row.get("status_code"), row.get("operation_id"), row.get("response")
        if not isinstance(status, int) or not isinstance(name, str):
            raise TryAgain("the results of a batch are not in the form Mailchimp describes")
        if text and not isinstance(text, str):
            text = json.dumps(text)
        yield name, status, text or ""


def _rows(packed: bytes) -> Iterator[Mapping[str, Any]]:
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        for entry in archive:
            content = archive.extractfile(entry) if entry.isfile() else None
            if content is None:
                continue
            value = json.load(content)
            for row in value if isinstance(value, list) else [value]:
                if not isinstance(row, dict):
                    raise ValueError("a row that is no object")  # noqa: TRY004  # the file's content is wrong
                yield row
