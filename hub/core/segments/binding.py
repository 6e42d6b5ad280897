"""Gives the raw nodes of a definition their meaning: the criterion of that name, its parameters validated."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy import ColumnElement

from hub.core.contracts.criterion import Criterion, Parameters, Question
from hub.core.contracts.distribution import Distribution
from hub.core.contracts.errors import DefinitionError
from hub.core.contracts.parameters import OneOf, TextTest
from hub.core.segments.definition import CriterionNode, Tree, canonical, children, with_children
from hub.core.segments.membership import InSegment


@dataclass(frozen=True)
class Bound:
    """A criterion with the parameters it is asked with."""

    criterion: Criterion[Any]
    parameters: Parameters

    @cached_property
    def key(self) -> str:
        """The same for all nodes that ask the same; for keeping answers."""
        parameters = {
            name: _unordered(getattr(self.parameters, name), form)
            for name, form in written(self.parameters).items()
        }
        return f"{self.criterion.name} {json.dumps(parameters, ensure_ascii=False, sort_keys=True)}"

    @property
    def node(self) -> CriterionNode:
        """The node in its canonical form: the criterion's own name, no parameter that is at its default."""
        return CriterionNode(criterion=self.criterion.name, parameters=written(self.parameters))

    @property
    def changes_with_time(self) -> bool:
        """Whether the answer can change at midnight though no fact did."""
        return self.criterion.changes_with_time(self.parameters)

    def expression(self, question: Question) -> ColumnElement[bool]:
        """Which customers match; see ``Criterion.expression``."""
        return self.criterion.expression(self.parameters, question)

    def distribution(self, question: Question) -> Distribution | None:
        """How what it asks about is spread; see ``Criterion.distribution``."""
        return self.criterion.distribution(self.parameters, question)

    def describe(self) -> str:
        """A sentence's end: "customers who …"."""
        return self.criterion.describe(self.parameters)


class Catalogue:
    """The criteria there are, by name and alias: those of plugins, and the one that asks for another segment.

    Args:
        criteria: each with a name of its own; the registry sees to that.
    """

    def __init__(self, criteria: Sequence[Criterion[Any]]) -> None:
        self._criteria = (*criteria, InSegment())
        self._by_word = {word: one for one in self._criteria for word in one.aliases}
        self._by_word |= {one.name: one for one in self._criteria}

    def __iter__(self) -> Iterator[Criterion[Any]]:
        return iter(self._criteria)

    def find(self, name: str) -> Criterion[Any]:
        """The criterion of this name or alias.

        Raises:
            DefinitionError: there is none.
        """
        if name in self._by_word:
            return self._by_word[name]
        raise DefinitionError(f"there is no criterion `{name}`", hint=self._hint(name))

    def bind(self, node: CriterionNode) -> Bound:
        """Find a node's criterion and validate its parameters.

        Raises:
            DefinitionError: naming the criterion, the field, and what to write instead.
        """
        criterion = self.find(node.criterion)
        try:
            return Bound(criterion, criterion.parameters_model.model_validate(node.parameters))
        except ValidationError as error:
            raise DefinitionError(f"`{criterion.name}`: {mistake(error)}", hint=criterion.help) from None

    def normalise(self, tree: Tree) -> Tree:
        """The canonical form of a tree whose criteria are all known.

        Raises:
            DefinitionError: a criterion is unknown, its parameters are wrong, or the tree is too deep or large.
        """
        return self._normalise(canonical(tree))

    def _normalise(self, tree: Tree) -> Tree:
        if isinstance(tree, CriterionNode):
            return self.bind(tree).node
        return with_children(tree, [self._normalise(child) for child in children(tree)])

    def _hint(self, name: str) -> str:
        close = get_close_matches(name.lower(), self._by_word, n=1)
        if close:
            return f"did you mean `{close[0]}`?"
        return "is its plugin installed and enabled? The criteria are " + ", ".join(
            sorted(one.name for one in self._criteria)
        )


def written(parameters: Parameters) -> dict[str, Any]:
    """The JSON form of parameters, without those at their default."""
    return parameters.model_dump(mode="json", exclude_defaults=True)


def mistake(error: ValidationError) -> str:
    """The first mistake of parameters as half a sentence, the field in front."""
    details = first_of(error)
    field = ".".join(str(step) for step in details["loc"])
    return f"{field}: {said(details)}" if field else said(details)


def first_of(error: ValidationError) -> ErrorDetails:
    """The first mistake, without the value: it may be personal."""
    return error.errors(include_url=False, include_input=False)[0]


def said(details: ErrorDetails) -> str:
    """A mistake in plain words."""
    bound = details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            return "there is no such parameter"
        case "missing":
            return "this parameter is needed"
        case "string_too_short":
            return "the text is empty"
        case "string_too_long":
            return f"the text is too long: {bound['max_length']:,} characters are the most"
        case "too_long":
            return f"the list is too long: {bound['max_length']:,} entries are the most"
        case "less_than_equal":
            return f"the number is too large: {bound['le']:,} is the most"
        case "greater_than_equal":
            return f"the number is too small: {bound['ge']:,} is the least"
        case "string_unicode":
            return "the text holds half a character: no database keeps it"
    return details["msg"].removeprefix("Value error, ").replace("Input should be", "expected")


def _unordered(value: Any, form: Any) -> Any:
    """The JSON form of a field; the texts of a list in one order, since none means anything."""
    if isinstance(value, (OneOf, TextTest)):
        return {name: sorted(texts) for name, texts in form.items()}
    return form
