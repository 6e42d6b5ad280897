"""All comparisons, and finding some of them by name."""

from collections.abc import Sequence

from bench.comparison import Comparison
from bench.comparisons import (
    evaluating,
    exporting,
    importing,
    mailchimp,
    messages_email,
    messages_recipients,
    messages_render,
    messages_sms,
    replicating,
    starting,
    syncing,
)


def comparisons() -> Sequence[Comparison]:
    """Every comparison, in the order in which they are run."""
    return [
        *importing.comparisons(),
        *replicating.comparisons(),
        *evaluating.comparisons(),
        *exporting.comparisons(),
        *starting.comparisons(),
        *syncing.comparisons(),
        *mailchimp.comparisons(),
        *messages_recipients.comparisons(),
        *messages_render.comparisons(),
        *messages_email.comparisons(),
        *messages_sms.comparisons(),
    ]


def comparison(name: str) -> Comparison:
    """The comparison of that name."""
    return next(one for one in comparisons() if one.name == name)


def chosen(names: Sequence[str]) -> Sequence[Comparison]:
    """Those of the given names or groups; all when none is given.

    Raises:
        ValueError: there is none of a name.
    """
    everything = comparisons()
    for name in names:
        if not any(_fits(one, name) for one in everything):
            groups = dict.fromkeys(one.name.partition(".")[0] for one in everything)
            raise ValueError(f"there is no benchmark {name!r}; there are {', '.join(groups)}")
    return [one for one in everything if not names or any(_fits(one, name) for name in names)]


def _fits(one: Comparison, name: str) -> bool:
    return name in (one.name, one.name.partition(".")[0])
