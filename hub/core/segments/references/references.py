"""What a definition says of other segments, by name: ``segment "Name"``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.core.segments.definition import KINDS, CriterionNode, Tree, children, with_children
from hub.core.segments.membership import InSegment
from hub.core.store.segments import folded

_NAME = "name"
"""The parameter of ``InSegment`` that names it."""


@dataclass(frozen=True)
class Reference:
    """A place in a definition that names a segment."""

    name: str
    """As it is written there."""
    folded_name: str
    level: int
    """How deep it stands: 1 when it is the whole definition."""


@dataclass(frozen=True)
class Outline:
    """A definition's height and what it refers to."""

    height: int
    references: tuple[Reference, ...] = ()


def reference_to(name: str) -> CriterionNode:
    """The criterion that a customer is in the segment of that name."""
    return CriterionNode(criterion=InSegment.name, parameters={_NAME: name})


def outline_of(definition: Mapping[str, Any] | None) -> Outline:
    """Read the outline of a definition's JSON form; a manual segment has none."""
    if not definition:
        return Outline(1)
    height, references, level = 0, list[Reference](), [definition]
    while level:
        height += 1
        references += [
            Reference(name, folded(name), height)
            for name in (
                node["parameters"].get(_NAME) for node in level if node.get("criterion") == InSegment.name
            )
            if isinstance(name, str)
        ]
        level = [child for node in level for kind in KINDS for child in node.get(kind, ()) if kind != "criterion"]
    return Outline(height, tuple(references))


def with_names(tree: Tree, name_of: Callable[[str], str]) -> Tree:
    """The same definition with other names of the segments it refers to.

    Args:
        tree: the definition.
        name_of: the name to write for the one that is written.
    """
    if isinstance(tree, CriterionNode):
        name = tree.parameters.get(_NAME) if tree.criterion == InSegment.name else None
        return reference_to(name_of(name)) if isinstance(name, str) else tree
    return with_children(tree, [with_names(child, name_of) for child in children(tree)])
