"""Tries a repeatable call again while the other side is in passing trouble."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

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
        TryAgain: it went wrong every time, or the other side asks for more patience than a run has.
    """
    return Retrying(
        retry=retry_if_exception_type(TryAgain),
        stop=lambda state: _asked(state) > _LONGEST_WAIT or stop_after_attempt(_ATTEMPTS)(state),
        wait=_asked_wait,
        sleep=sleep,
        reraise=True,
    )(call)


def _asked_wait(state: RetryCallState) -> float:
    return _asked(state) or float(wait_exponential_jitter(initial=1, max=30)(state))


def _asked(state: RetryCallState) -> float:
    """How many seconds the other side asks to wait; 0 when it does not say."""
    error = state.outcome.exception() if state.outcome else None
    return error.after or 0.0 if isinstance(error, TryAgain) else 0.0
