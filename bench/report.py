"""Results as lines of a table."""

from bench.running import Result

_FORM = "{:<20} {:>8} {:>8}  {:>9} {:>9}  {:>9}  {:>7}  {}"


def heading() -> str:
    """The table's first line. ``hub`` and ``floor`` are CPU time; ``wall`` and ``memory`` are the hub's."""
    return _FORM.format("", "ratio", "budget", "hub", "floor", "wall", "memory", "what beside what")


def line(result: Result) -> str:
    """A result's line; a ratio beyond its budget is marked."""
    budget = "" if result.budget is None else f"{result.budget:g}"
    over = "!" if result.budget is not None and result.ratio > result.budget else " "
    return _FORM.format(
        result.name,
        f"{_ratio(result.ratio)}{over}",
        budget,
        _time(result.ours.cpu),
        _time(result.floor.cpu),
        _time(result.ours.wall),
        f"{result.ours.memory / 1e6:,.0f} MB",
        f"{result.ours_is} / {result.floor_is}{_rates(result)}",
    )


def skipped(name: str, reason: str) -> str:
    """The line of a benchmark that can't be run here."""
    return f"{name:<20}  skipped: {reason}"


def _rates(result: Result) -> str:
    """How much either side does in a second by the clock on the wall, where that is asked for."""
    if not result.counted:
        return ""
    ours, floor = (result.answer / figures.wall for figures in (result.ours, result.floor))
    return f"; {ours:,.0f} / {floor:,.0f} {result.counted} a second"


def _ratio(ratio: float) -> str:
    return f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"
