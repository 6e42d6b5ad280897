"""The definition of a segment: a small tree of criteria, joined by all of, any of and none of.

In JSON: ``{"all_of": […]}``, ``{"any_of": […]}``, ``{"none_of": […]}`` and
``{"criterion": "orders", "parameters": {…}}``. Parameters stay as they came, so that the segment
of a plugin that is gone can still be loaded; ``binding`` gives them their meaning.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import isfinite
from typing import Annotated, Any, TypeAlias, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)

from hub.core.contracts.errors import DefinitionError

DEEPEST = 100
"""Most levels of a tree; a single criterion has one."""
MOST_NODES = 1_000
"""Most criteria and groups of a tree."""

_DEEPEST_PARAMETERS = 20
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
KINDS = ("all_of", "any_of", "none_of", "criterion")
"""The key that tells what a node of the JSON form is."""


class Node(BaseModel):
    """Base of the four kinds of node."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _kind(value: object) -> str | None:
    if isinstance(value, Mapping):
        return next((kind for kind in KINDS if kind in value), None)
    return next((kind for kind in KINDS if isinstance(value, Node) and kind in type(value).model_fields), None)


def _json_only(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON can't say, and what is nested so deeply that printing it would fail."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST_PARAMETERS):
        if not all(_is_json(part) for part in level):
            raise ValueError("parameters are texts, numbers, true or false, null, lists and objects")
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return value
    raise ValueError(f"parameters are nested too deeply: {_DEEPEST_PARAMETERS} levels are the most")


def _is_json(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or not _HALF_CHARACTER.search(value)
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value)
    return isfinite(value) if isinstance(value, float) else isinstance(value, (int, list, type(None)))


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class CriterionNode(Node):
    """One criterion, asked with its parameters in their JSON form."""

    criterion: str = Field(min_length=1, max_length=100, description="name of the criterion")
    parameters: Annotated[dict[str, Any], AfterValidator(_json_only)] = Field(
        default_factory=dict, description="its parameters"
    )


class AllOf(Node):
    """Who matches every child; without children, everyone."""

    all_of: tuple["_AnyNode", ...] = Field(description="definitions that all must match")


class AnyOf(Node):
    """Who matches at least one child; without children, nobody."""

    any_of: tuple["_AnyNode", ...] = Field(description="definitions of which one must match")


class NoneOf(Node):
    """Who matches no child; without children, everyone."""

    none_of: tuple["_AnyNode", ...] = Field(description="definitions that must not match")


# Behind the classes: a name in quotes would be looked up in the module of whoever uses Definition.
_AnyNode: TypeAlias = Annotated[
    Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[NoneOf, Tag("none_of")]
    | Annotated[CriterionNode, Tag("criterion")],
    Discriminator(
        _kind,
        custom_error_type="node",
        custom_error_message="give one of all_of, any_of, none_of or criterion",
    ),
]

Tree: TypeAlias = AllOf | AnyOf | NoneOf | CriterionNode
"""A definition in Python. For a field of a pydantic model use ``Definition``, which checks the size."""

EVERYONE = AllOf(all_of=())
NOBODY = AnyOf(any_of=())


def children(tree: Tree) -> tuple[Tree, ...]:
    """The nodes right below; none below a criterion."""
    match tree:
        case AllOf(all_of=below) | AnyOf(any_of=below) | NoneOf(none_of=below):
            return below
    return ()


def criteria_of(tree: Tree) -> Iterator[CriterionNode]:
    """Every criterion of the tree, from left to right."""
    if isinstance(tree, CriterionNode):
        yield tree
    for child in children(tree):
        yield from criteria_of(child)


def _measured(value: object) -> object:
    """Refuse a tree that is too deep or too large before anything walks it by recursion."""
    level: list[object] = [value]
    nodes = depth = 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > DEEPEST:
            raise ValueError(f"the definition is nested too deeply: {DEEPEST} levels are the most")
        if nodes > MOST_NODES:
            raise ValueError(f"the definition is too large: {MOST_NODES:,} criteria and groups are the most")
        level = [child for node in level for child in _below(node)]
    return value


def _below(value: object) -> Iterable[object]:
    if isinstance(value, Node):
        return children(cast("Tree", value))
    if not isinstance(value, Mapping):
        return ()
    below = value.get(_kind(value))
    return below if isinstance(below, (list, tuple)) else ()


Definition: TypeAlias = Annotated[_AnyNode, BeforeValidator(_measured)]
"""The type of a pydantic field that holds a definition."""


def load(value: object) -> Tree:
    """Read a definition from its JSON form, as dictionaries and lists or as a text.

    Raises:
        DefinitionError: it is not a definition, is nested too deeply, or is too large.
    """
    try:
        if isinstance(value, (str, bytes)):
            value = json.loads(value)
        tree: Tree = _adapter().validate_python(value)
    except ValidationError as error:
        raise DefinitionError(_sentence(error)) from None
    except ValueError as error:
        raise DefinitionError(f"this is not JSON: {error}") from None
    except RecursionError:
        raise DefinitionError(f"the definition is nested too deeply: {DEEPEST} levels are the most") from None
    return tree


def dump(tree: Tree) -> dict[str, Any]:
    """The JSON form of a definition, for ``load``."""
    return tree.model_dump(mode="json")


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Definition)


def _sentence(error: ValidationError) -> str:
    """The first mistake, with its place as a path such as ``all_of[2].criterion``."""
    first = error.errors(include_url=False, include_input=False)[0]
    # Before a name that follows another, pydantic puts the kind of node: it would be said twice.
    location = pairwise((*first["loc"], None))
    steps = [step for step, after in location if isinstance(step, int) or not isinstance(after, str)]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
    message = first["msg"].removeprefix("Value error, ")
    return f"at {path}: {message}" if path else message


def all_of(below: Sequence[Tree]) -> Tree:
    """The canonical form of "all of these": a single child stands for itself."""
    return below[0] if len(below) == 1 else AllOf(all_of=tuple(below))


def any_of(below: Sequence[Tree]) -> Tree:
    """The canonical form of "any of these": a single child stands for itself."""
    return below[0] if len(below) == 1 else AnyOf(any_of=tuple(below))


def none_of(below: Sequence[Tree]) -> Tree:
    """The canonical form of "none of these": an any-of below adds its children; without children, everyone."""
    flat = [part for child in below for part in _alternatives(child)]
    return NoneOf(none_of=tuple(flat)) if flat else EVERYONE


def _alternatives(tree: Tree) -> Iterator[Tree]:
    if not isinstance(tree, AnyOf):
        yield tree
        return
    for child in tree.any_of:
        yield from _alternatives(child)


def checked(tree: Tree) -> Tree:
    """Hand a tree back that is neither too deep nor too large to be walked by recursion.

    Raises:
        DefinitionError: it is.
    """
    try:
        _measured(tree)
    except ValueError as error:
        raise DefinitionError(str(error)) from None
    return tree


def canonical(tree: Tree) -> Tree:
    """The one form of all trees that are written alike. Parameters are left as they are.

    Raises:
        DefinitionError: the tree is too deep or too large.
    """
    return _canonical(checked(tree))


def _canonical(tree: Tree) -> Tree:
    return with_children(tree, [_canonical(child) for child in children(tree)])


def with_children(tree: Tree, below: Sequence[Tree]) -> Tree:
    """The same join of other children, in its canonical form; a criterion stays as it is."""
    match tree:
        case AllOf():
            return all_of(below)
        case AnyOf():
            return any_of(below)
        case NoneOf():
            return none_of(below)
    return tree
