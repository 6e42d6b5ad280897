"""Says a definition as a sentence for people, from what each criterion says of itself."""

from hub.core.segments.binding import Catalogue
from hub.core.segments.definition import AllOf, AnyOf, CriterionNode, NoneOf, Tree, canonical, children


def describe(tree: Tree, catalogue: Catalogue) -> str:
    """Say a definition: "customers who …, but not those who …".

    Raises:
        DefinitionError: a criterion is unknown, its parameters are wrong, or the tree is too deep or large.
    """
    tree = canonical(tree)
    if isinstance(tree, (AllOf, AnyOf)) and not children(tree):
        return _whole(tree)
    if isinstance(tree, NoneOf):
        return f"all customers {_part(tree, catalogue)}"
    if isinstance(tree, AllOf) and all(isinstance(child, NoneOf) for child in children(tree)):
        return f"all customers {_all(tree, catalogue)}"
    return f"customers {_part(tree, catalogue)}"


def _whole(tree: AllOf | AnyOf) -> str:
    return "all customers" if isinstance(tree, AllOf) else "no customers"


def _part(tree: Tree, catalogue: Catalogue) -> str:
    """What follows "customers"."""
    match tree:
        case CriterionNode():
            return f"who {catalogue.bind(tree).describe()}"
        case AllOf():
            return _all(tree, catalogue)
        case AnyOf():
            return " or ".join(_inner(child, catalogue) for child in children(tree))
    return "but not those " + " or those ".join(_inner(child, catalogue) for child in children(tree))


def _all(tree: AllOf, catalogue: Catalogue) -> str:
    """What is asked for first, then what is left out."""
    asked = [_inner(child, catalogue) for child in children(tree) if not isinstance(child, NoneOf)]
    left_out = [_part(child, catalogue) for child in children(tree) if isinstance(child, NoneOf)]
    return ", ".join(part for part in (" and ".join(asked), *left_out) if part)


def _inner(tree: Tree, catalogue: Catalogue) -> str:
    """A part of a larger part: a group of several stands in brackets."""
    if isinstance(tree, CriterionNode):
        return _part(tree, catalogue)
    if isinstance(tree, (AllOf, AnyOf)) and not children(tree):
        return "of any kind" if isinstance(tree, AllOf) else "of no kind"
    if isinstance(tree, NoneOf):
        return f"(all {_part(tree, catalogue)})"
    return f"({_part(tree, catalogue)})"
