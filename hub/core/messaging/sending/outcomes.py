"""What a channel's answer means for a message, and for those that come after it."""

from datetime import datetime, timedelta

from hub.core.contracts.channel import Receipt
from hub.core.contracts.errors import FateUnknown, HubError, IntegratorError, Refusal, Rejected, TryAgain
from hub.core.messaging.sending.letters import Letter
from hub.core.store.outbox import Outcome
from hub.core.store.tables import MessageStatus

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_ATTEMPTS = 40
"""With an hour between them that is more than a day: then the provider's trouble is no passing one."""


def outcome_of(letter: Letter, answer: Receipt | HubError, now: datetime, *, keeps_ids: bool) -> Outcome:
    """What became of a message.

    Args:
        letter: the message.
        answer: what the channel answered.
        now: when, in UTC.
        keeps_ids: whether the channel drops a second message with the same id.
    """
    waiting = letter.candidate.waiting
    match answer:
        case Receipt():
            return Outcome(
                waiting.id,
                MessageStatus.SENT,
                reference=answer.reference,
                parts=answer.parts,
                attempts=waiting.attempts,
                sent_at=now,
            )
        case Rejected(refusal=Refusal.ADDRESS):
            return Outcome(waiting.id, MessageStatus.BOUNCED, str(answer), sent_at=now)
        case Rejected():
            return Outcome(waiting.id, MessageStatus.FAILED, str(answer), sent_at=now)
        case TryAgain():
            return _again(letter, answer, now)
        case FateUnknown() if keeps_ids:
            return _again(letter, TryAgain(str(answer)), now)
        case FateUnknown() | IntegratorError():
            # A plugin that broke may have broken after sending.
            return Outcome(waiting.id, MessageStatus.UNKNOWN, str(answer), sent_at=now)
    # Settings or a key are wrong: nothing was sent, and it waits for the mend.
    return Outcome(waiting.id, MessageStatus.QUEUED, attempts=waiting.attempts)


def stops(answer: Receipt | HubError) -> bool:
    """Whether an answer concerns every message: somebody must mend something first."""
    return isinstance(answer, HubError) and not isinstance(answer, (Rejected, TryAgain, FateUnknown))


def _again(letter: Letter, error: TryAgain, now: datetime) -> Outcome:
    attempts = letter.candidate.waiting.attempts + 1
    if attempts >= _MOST_ATTEMPTS:
        return Outcome(letter.id, MessageStatus.FAILED, str(error), attempts=attempts, sent_at=now)
    wait = min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT)
    if error.after is not None:
        wait = max(timedelta(seconds=error.after), timedelta(seconds=1))
    return Outcome(letter.id, MessageStatus.QUEUED, str(error), attempts=attempts, not_before=now + wait)
