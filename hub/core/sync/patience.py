"""Tries a repeatable call again while the other side is in passing trouble."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from hub.core.contracts.errors import TryAgain

_ATTEMPTS = 4
_LONGEST_WAIT = 120.0

ResultT = TypeVar("ResultT")


def patiently(call: Callable[[], ResultT], sleep: Callable[[float], None]) -> ResultT:
    """Call, and call again a few times if the other side says that it may go better later.

    Args:
        call: does no harm when repeated.
        sleep: waits so many seconds.

    Raises:
        TryAgain: it went wrong every time.
    """
    return Retrying(
        retry=retry_if_exception_type(TryAgain),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=_asked_wait,
        sleep=sleep,
        reraise=True,
    )(call)


def _asked_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TryAgain) and error.after is not None:
        return min(error.after, _LONGEST_WAIT)
    return float(wait_exponential_jitter(initial=1, max=30)(state))
