"""``/batches``: many operations in one request, done meanwhile, answered by a gzipped tar of JSON files."""

import io
import json
import secrets
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.testing.platforms.mailchimp.problems import invalid, not_found, throttled
from hub.testing.platforms.mailchimp.routing import Call, Route
from hub.testing.platforms.messages import Reply

_LARGEST_BATCH = 1000
_MOST_PENDING = 500
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_STATES = ("pending", "preprocessing", "started", "finalizing")

Perform = Callable[[str, str, Mapping[str, str], bytes], Reply]
"""Carries out one operation: method, path, query, body."""


@dataclass
class _Batch:
    id: str
    operations: list[dict[str, Any]] = field(repr=False)
    polls_left: int
    results: bytes | None = field(default=None, repr=False)
    errors: int = 0


@dataclass
class Batches:
    """The batches of an account.

    Attributes:
        polls: how often a batch is still unfinished when asked for; its operations run at the last.
    """

    perform: Perform
    root: Callable[[], str]
    polls: int = 1
    _known: dict[str, _Batch] = field(default_factory=dict)

    def create(self, call: Call) -> Reply:
        """Take in a batch.

        Raises:
            Problem: 400 for a malformed operation or more than 1000 of them, 429 for over 500 batches.
        """
        operations = call.json().get("operations")
        _check(operations)
        if sum(one.results is None for one in self._known.values()) >= _MOST_PENDING:
            raise throttled()
        batch = _Batch(secrets.token_hex(5), operations or [], self.polls)
        self._known[batch.id] = batch
        return Reply.of(self._shown(batch))

    def read(self, call: Call) -> Reply:
        """Tell how far a batch is; this is also what moves it on."""
        batch = self._find(call)
        if batch.results is None:
            if batch.polls_left > 0:
                batch.polls_left -= 1
            else:
                self._run(batch)
        return Reply.of(self._shown(batch))

    def delete(self, call: Call) -> Reply:
        """Stop a batch."""
        del self._known[self._find(call).id]
        return Reply(204)

    def results(self, name: str) -> Reply:
        """The answers of a finished batch. This address needs no key: it is short-lived and can't be guessed."""
        batch = self._known.get(name)
        if batch is None or batch.results is None:
            return Reply(403, b"<Error>AccessDenied</Error>", "application/xml")
        return Reply(200, batch.results, "application/gzip")

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [
            Route("POST", "/batches", self.create),
            Route("GET", "/batches/{batch}", self.read),
            Route("DELETE", "/batches/{batch}", self.delete),
        ]

    def _find(self, call: Call) -> _Batch:
        found = self._known.get(call.parts["batch"])
        if found is None:
            raise not_found()
        return found

    def _run(self, batch: _Batch) -> None:
        answers = []
        for operation in batch.operations:
            query = {name: str(value) for name, value in (operation.get("params") or {}).items()}
            body = (operation.get("body") or "").encode()
            reply = self.perform(operation["method"], operation["path"], query, body)
            batch.errors += reply.status >= 400
            answers.append(
                {
                    "status_code": reply.status,
                    "operation_id": operation.get("operation_id", ""),
                    "response": reply.body.decode(),
                }
            )
        # Several files, and not in the order of the operations, as the real one does.
        batch.results = _archive([answers[1::2], answers[0::2]])

    def _shown(self, batch: _Batch) -> dict[str, Any]:
        finished = batch.results is not None
        state = "finished" if finished else _STATES[max(0, len(_STATES) - 1 - batch.polls_left)]
        return {
            "id": batch.id,
            "status": state,
            "total_operations": len(batch.operations),
            "finished_operations": len(batch.operations) if finished else 0,
            "errored_operations": batch.errors,
            "response_body_url": f"{self.root()}/batch-results/{batch.id}" if finished else "",
        }


def _check(operations: Any) -> None:
    if not isinstance(operations, list):
        raise invalid("The resource submitted could not be validated.", ("operations", "Schema describes array"))
    if len(operations) > _LARGEST_BATCH:
        raise invalid("Too many operations.", ("operations", f"{_LARGEST_BATCH} at most"))
    for operation in operations:
        if not isinstance(operation, dict) or operation.get("method") not in _METHODS:
            raise invalid("The resource submitted could not be validated.", ("operations.method", "Required"))
        if not str(operation.get("path", "")).startswith("/"):
            raise invalid("The resource submitted could not be validated.", ("operations.path", "Required"))
        if not isinstance(operation.get("body", ""), str):
            raise invalid("The resource submitted could not be validated.", ("operations.body", "Not a string"))


def _archive(files: list[list[dict[str, Any]]]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        folder = tarfile.TarInfo("results/")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for number, answers in enumerate(files):
            content = json.dumps(answers).encode()
            entry = tarfile.TarInfo(f"results/{number}.json")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()
