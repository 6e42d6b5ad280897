"""Hands many messages over: equal texts together where Viber allows it, the others one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hub import Delivery, FateUnknown, HubError, Message, NotAuthorised, Receipt, Rejected, SettingsError, TryAgain
from hub_viber.composing import Composer, may_be_broadcast, reference
from hub_viber.judging import BAD_DATA, error_of
from hub_viber.wire import Wire

Outcome = Receipt | HubError


class Dispatch:
    """One call's messages on their way; remembers what came of each."""

    def __init__(self, wire: Wire, composer: Composer, send: Callable[[Message], Receipt]) -> None:
        self._wire = wire
        self._composer = composer
        self._send = send
        self._outcomes: dict[int, Outcome] = {}
        self._halt: HubError | None = None

    def deliver(self, messages: Sequence[Message], *, together: bool) -> Sequence[Outcome]:
        """Hand all over; return what came of each, in their order.

        Raises:
            NotAuthorised, SettingsError: no message was sent.
        """
        for group in _groups(messages, together=together):
            if len(group) > 1:
                self._broadcast(messages, group)
            else:
                self._one(messages, group[0])
        return [self._outcomes[number] for number in range(len(messages))]

    def _one(self, messages: Sequence[Message], number: int) -> None:
        if self._halt is not None:
            self._outcomes[number] = self._halt
            return
        try:
            self._outcomes[number] = self._send(messages[number])
        except HubError as error:
            self._refused([number], error)

    def _broadcast(self, messages: Sequence[Message], group: Sequence[int]) -> None:
        good: dict[str, int] = {}
        for number in group:
            try:
                self._composer.single(messages[number])
                good[messages[number].to] = number
            except Rejected as error:
                self._outcomes[number] = error
        for receivers, body in self._composer.broadcasts(messages[group[0]].text, list(good)):
            numbers = [good[receiver] for receiver in receivers]
            if self._halt is not None:
                self._outcomes.update(dict.fromkeys(numbers, self._halt))
                continue
            try:
                answer = self._wire.send("broadcast_message", body)
            except HubError as error:
                self._refused(numbers, error)
                continue
            self._read(messages, good, receivers, answer)

    def _read(
        self,
        messages: Sequence[Message],
        numbers: Mapping[str, int],
        receivers: Sequence[str],
        answer: Mapping[str, Any],
    ) -> None:
        if answer["status"] in BAD_DATA:
            for receiver in receivers:
                self._one(messages, numbers[receiver])
            return
        failed = {str(entry.get("receiver")): entry for entry in _entries(answer.get("failed_list"))}
        refusal = error_of(answer)
        if refusal is not None:
            self._refused([numbers[receiver] for receiver in receivers if receiver not in failed], refusal)
        for receiver in receivers:
            number = numbers[receiver]
            entry = failed.get(receiver)
            if entry is not None:
                self._outcomes[number] = error_of(entry) or Rejected("Viber could not send the message")
            elif refusal is None:
                token = answer.get("message_token", "unnamed")
                self._outcomes[number] = Receipt(Delivery.QUEUED, reference(token, receiver))

    def _refused(self, numbers: Sequence[int], error: HubError) -> None:
        """Note an error; one that is not about these messages alone holds back all that follow.

        Raises:
            NotAuthorised, SettingsError: it is one of these, and nothing was handed over before.
        """
        if isinstance(error, NotAuthorised | SettingsError) and all(
            isinstance(outcome, Rejected) for outcome in self._outcomes.values()
        ):
            raise error
        if isinstance(error, NotAuthorised | SettingsError | TryAgain):
            self._halt = error
        elif isinstance(error, FateUnknown):
            # An outage must not make one after the other a message of unknown fate.
            self._halt = TryAgain("held back, since Viber did not answer for a message before this one")
        self._outcomes.update(dict.fromkeys(numbers, error))


def _groups(messages: Sequence[Message], *, together: bool) -> Iterator[Sequence[int]]:
    """The messages' numbers: equal texts together, but nobody twice in one group, in the order of their first."""
    groups: dict[object, list[int]] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, message in enumerate(messages):
        times = seen.get((message.text, message.to), 0)
        seen[message.text, message.to] = times + 1
        key = (message.text, times) if together and may_be_broadcast(message.text) else number
        groups.setdefault(key, []).append(number)
    yield from groups.values()


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
