"""Finds out who a request means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.api.models.asking import Audience
from hub.core.app import Hub
from hub.core.segments.definition import EVERYONE, Tree, all_of, load
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.references.references import reference_to
from hub.core.segments.showings import less_ticket_holders
from hub.core.store.tables import Segment, View


@dataclass(frozen=True)
class Meant:
    """Who is meant, as definitions."""

    criteria: Tree
    """What is asked for."""
    base: Tree | None
    """Who there is to choose from; everyone if None."""

    @property
    def whole(self) -> Tree:
        """Both in one."""
        return self.criteria if self.base is None else all_of([self.base, self.criteria])


def meant(hub: Hub, asked: Audience) -> Meant:
    """Understand who a request means.

    Raises:
        DefinitionError: a definition can't be understood.
        NotFound: there is no such segment or view.
    """
    criteria = None if asked.criteria is None else hub.segments.understood(asked.criteria)
    base: Tree | None = None
    if asked.base is not None:
        base = hub.segments.understood(asked.base.either)
    elif asked.segment_id is not None:
        base = reference_to(hub.segments.of_id(asked.segment_id).name)
    elif asked.view_id is not None:
        view = hub.views.of_id(asked.view_id)
        base = reference_to(hub.segments.of_id(view.segment_id).name)
        criteria = _normal(hub, load(view.definition)) if criteria is None else criteria
    if asked.without_production or asked.without_event:
        base = less(hub, base or EVERYONE, asked.without_production, asked.without_event)
    return Meant(EVERYONE if criteria is None else criteria, base)


def evaluated(hub: Hub, asked: Audience) -> Evaluation:
    """Find who a request means.

    Raises:
        DefinitionError: a definition can't be understood or answered.
        NotFound: there is no such segment or view.
    """
    return hub.segments.definitions.evaluate(_normal(hub, meant(hub, asked).whole), asked.as_of)


def members_of(
    hub: Hub,
    of: Segment | View,
    as_of: date | None,
    productions: Sequence[str] | None,
    events: Sequence[str] | None,
) -> Evaluation:
    """Find the members of a segment or a view; of a segment as it is today, the history is kept up.

    Args:
        hub: where they are.
        of: the segment or view.
        as_of: the day; today if None.
        productions: names of those whose ticket holders are left out.
        events: ids of those whose ticket holders are left out.

    Raises:
        DefinitionError: it can't be answered.
    """
    if productions or events:
        tree = hub.views.tree(of) if isinstance(of, View) else reference_to(of.name)
        return hub.segments.definitions.evaluate(less(hub, tree, productions, events), as_of)
    return hub.views.evaluate(of, as_of) if isinstance(of, View) else hub.segments.evaluate(of, as_of)


def less(hub: Hub, tree: Tree, productions: Sequence[str] | None, events: Sequence[str] | None) -> Tree:
    """A definition less who holds a ticket for any of these.

    Raises:
        DefinitionError: a name will not do.
    """
    return _normal(hub, less_ticket_holders(tree, productions=productions or (), events=events or ()))


def _normal(hub: Hub, tree: Tree) -> Tree:
    return hub.segments.language.catalogue.normalise(tree)
