"""A segment “for a production” or “for an event”: less everyone who holds a ticket for it already."""

from collections.abc import Sequence
from datetime import date

from hub.core.contracts.errors import UserError
from hub.core.criteria.ticket_for import TicketFor
from hub.core.segments.definition import CriterionNode, Tree, all_of, none_of
from hub.core.segments.definitions import Definitions
from hub.core.segments.evaluator import Evaluation


def less_ticket_holders(tree: Tree, *, productions: Sequence[str] = (), events: Sequence[str] = ()) -> Tree:
    """A definition without those who hold a ticket for any of these productions or events, whenever they are.

    Args:
        tree: the definition; ``references.reference_to`` makes one of a segment's name.
        productions: names of productions: a ticket for any of their events counts.
        events: ids of events in the ticket system.

    Raises:
        UserError: neither a production nor an event is given.
    """
    if not productions and not events:
        raise UserError("say which production, or which event, the segment is for")
    chosen = {"production": productions, "event": events}
    held = [
        CriterionNode(criterion=TicketFor.name, parameters={field: {"is_in": list(names)}, "at_any_time": True})
        for field, names in chosen.items()
        if names
    ]
    return all_of([tree, none_of(held)])


def evaluate_for(
    definitions: Definitions,
    tree: Tree,
    *,
    productions: Sequence[str] = (),
    events: Sequence[str] = (),
    as_of: date | None = None,
) -> Evaluation:
    """Who matches a definition and holds no ticket for these productions or events; see ``less_ticket_holders``.

    Raises:
        UserError: neither a production nor an event is given.
        DefinitionError: a name is empty or too long, or the definition can't be answered.
    """
    asked = less_ticket_holders(tree, productions=productions, events=events)
    return definitions.evaluate(definitions.language.catalogue.normalise(asked), as_of)
