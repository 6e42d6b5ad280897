"""Finds out who a command is about: a segment, a view of one, or who matches a text; less ticket holders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import typer

from hub.cli.errors import TextError
from hub.cli.texts import is_elsewhere, text_of
from hub.core.app import Hub
from hub.core.contracts.errors import DefinitionError, NotFound
from hub.core.segments.definition import EVERYONE, Tree, load
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.references.references import reference_to
from hub.core.segments.showings import evaluate_for, less_ticket_holders
from hub.core.store.tables import Segment, View


@dataclass(frozen=True)
class Showings:
    """What a mailing is for: whoever holds a ticket already is left out."""

    productions: Sequence[str] = ()
    """Names."""
    events: Sequence[str] = ()
    """Ids in the ticket system."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.productions or self.events)


NO_SHOWINGS = Showings()


def segment_or_text(hub: Hub, said: str) -> Segment | Tree:
    """The segment of that name if there is one, otherwise what the text means.

    Raises:
        NotFound: the segment was removed.
        TextError: it is no segment, and can't be understood as a text.
    """
    if is_elsewhere(said):
        return understood(hub, said)
    text = text_of(said)
    try:
        found = hub.segments.named(text, removed=True)
    except NotFound:
        try:
            return hub.segments.understood(text)
        except DefinitionError as error:
            error.hint = f"{error.hint}; " if error.hint else ""
            error.hint += "nor is there a segment of that name"
            raise TextError(text, error) from error
    return hub.segments.named(found.name)


def understood(hub: Hub, said: str) -> Tree:
    """What a text means.

    Raises:
        TextError: it can't be understood.
    """
    text = text_of(said)
    try:
        return hub.segments.understood(text)
    except DefinitionError as error:
        raise TextError(text, error) from error


def evaluated(
    hub: Hub,
    asked: Segment | View | Tree,
    showings: Showings = NO_SHOWINGS,
    as_of: date | None = None,
) -> Evaluation:
    """Who is meant. Of a segment as a whole, as it is today, the history is told.

    Raises:
        DefinitionError: it can't be answered.
    """
    if showings:
        return evaluate_for(
            hub.segments.definitions,
            whole(hub, asked),
            productions=showings.productions,
            events=showings.events,
            as_of=as_of,
        )
    match asked:
        case Segment():
            return hub.segments.evaluate(asked, as_of)
        case View():
            return hub.views.evaluate(asked, as_of)
    return hub.segments.definitions.evaluate(asked, as_of)


def whole(hub: Hub, asked: Segment | View | Tree) -> Tree:
    """Who is meant, as a definition."""
    match asked:
        case Segment():
            return reference_to(asked.name)
        case View():
            return hub.views.tree(asked)
    return asked


def of_segment(hub: Hub, name: str, view: str | None) -> Segment | View:
    """A segment, or a view of it if one is said.

    Raises:
        NotFound: there is none.
    """
    segment = hub.segments.named(name)
    return segment if view is None else hub.views.named(segment, view)


def narrowed(hub: Hub, asked: Segment | Tree, view: str | None) -> Segment | View | Tree:
    """What is asked, or a view of it if one is said.

    Raises:
        NotFound: there is no such view.
        BadParameter: a text has no views.
    """
    if view is None:
        return asked
    if not isinstance(asked, Segment):
        raise typer.BadParameter("only a segment has views", param_hint="--view")
    return hub.views.named(asked, view)


def filters_and_base(
    hub: Hub, asked: Segment | View | Tree, filters: str | None, showings: Showings
) -> tuple[Tree, Tree | None]:
    """The criteria of a dashboard, and who there is to choose from (None: everyone).

    Without filters of its own, a segment is taken apart into its criteria, and a view into those it adds.

    Raises:
        TextError: the filters can't be understood.
        NotFound: the view is gone.
    """
    base: Tree | None = None
    if filters is not None:
        tree, base = understood(hub, filters), whole(hub, asked)
    elif isinstance(asked, View):
        tree, base = load(asked.definition), reference_to(hub.segments.of_id(asked.segment_id).name)
    elif isinstance(asked, Segment):
        tree = load(asked.definition) if asked.definition is not None else reference_to(asked.name)
    else:
        tree = asked
    if showings:
        base = less_ticket_holders(
            EVERYONE if base is None else base, productions=showings.productions, events=showings.events
        )
    normal = hub.segments.language.catalogue.normalise
    return normal(tree), None if base is None else normal(base)
