"""The text language of segments, for whatever criteria there are."""

from collections.abc import Sequence
from typing import Any

from lark import Token
from lark.exceptions import UnexpectedToken

from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import DefinitionError
from hub.core.segments.binding import Bound, Catalogue
from hub.core.segments.definition import (
    DEEPEST,
    AllOf,
    AnyOf,
    CriterionNode,
    Tree,
    canonical,
    checked,
    children,
)
from hub.core.segments.language import mistakes
from hub.core.segments.language.describing import describe
from hub.core.segments.language.grammar import Grammar
from hub.core.segments.language.places import place_of
from hub.core.segments.language.reading import Mistake
from hub.core.segments.language.tokens import SourceToken, TokenKind, tokens_of


class Language:
    """Reads and writes definitions as text: ``orders >= 3 and not tag "vip"``.

    Making one takes a tenth of a second; keep it. It never changes and may be used by several threads.

    Args:
        criteria: those that can be spoken of, each with words of its own.

    Raises:
        IntegratorError: a criterion's parameters can't be said; its name stands for the plugin's.
    """

    def __init__(self, criteria: Sequence[Criterion[Any]]) -> None:
        self.catalogue = Catalogue(criteria)
        """The criteria, to bind a definition's nodes with."""
        self._grammar = Grammar(self.catalogue)

    def parse(self, text: str) -> Tree:
        """Read a definition; the tree is canonical.

        Raises:
            DefinitionError: with the place of the word that is wrong.
        """
        tokens = list(tokens_of(text))
        if not tokens:
            raise DefinitionError("the text is empty", place_of(text, 0, 0), "write a criterion, or `everyone`")
        _check_brackets(text, tokens)
        try:
            tree = self._parse(text, tokens)
        except Mistake as mistake:
            raise DefinitionError(str(mistake), place_of(text, mistake.start, mistake.end)) from None
        try:
            return checked(tree)
        except DefinitionError as error:
            raise DefinitionError(str(error), place_of(text, 0, 0)) from None

    def print(self, tree: Tree) -> str:
        """Write a definition in one line; ``parse`` reads it back as the same canonical tree.

        Raises:
            DefinitionError: a criterion is unknown, its parameters are wrong, or the tree is too deep or large.
        """
        return self._write(canonical(tree))

    def describe(self, tree: Tree) -> str:
        """Say a definition as a sentence for people.

        Raises:
            DefinitionError: as for ``print``.
        """
        return describe(tree, self.catalogue)

    def _parse(self, text: str, tokens: Sequence[SourceToken]) -> Tree:
        parser = self._grammar.parser()
        for position, token in enumerate(tokens):
            try:
                parser.feed_token(self._fed(token))
            except UnexpectedToken:
                raise self._misplaced(text, tokens, position) from None
        try:
            tree: Tree = parser.feed_eof()
        except UnexpectedToken:
            raise self._misplaced(text, tokens, len(tokens)) from None
        return tree

    def _fed(self, token: SourceToken) -> Token:
        return Token(self._grammar.terminal(token), token.value, start_pos=token.start, end_pos=token.end)

    def _misplaced(self, text: str, tokens: Sequence[SourceToken], position: int) -> DefinitionError:
        # A refused token may have changed the parser's state; what fits is asked of a fresh one.
        parser = self._grammar.parser()
        for token in tokens[:position]:
            parser.feed_token(self._fed(token))
        expected = self._grammar.meaning(parser.accepts())
        return mistakes.misplaced(text, tokens, position, expected, self._grammar.criteria)

    def _write(self, tree: Tree) -> str:
        below = children(tree)
        match tree:
            case CriterionNode():
                return self._write_criterion(self.catalogue.bind(tree))
            case AllOf():
                return " and ".join(map(self._operand, below)) or "everyone"
            case AnyOf():
                return " or ".join(map(self._operand, below)) or "nobody"
        joined = " or ".join(map(self._operand, below))
        return f"not ({joined})" if len(below) > 1 else f"not {joined}"

    def _operand(self, tree: Tree) -> str:
        written = self._write(tree)
        return f"({written})" if isinstance(tree, (AllOf, AnyOf)) and children(tree) else written

    def _write_criterion(self, bound: Bound) -> str:
        said = [bound.criterion.name]
        for clause in self._grammar.clauses[bound.criterion.name]:
            value = getattr(bound.parameters, clause.field)
            if not clause.optional or value != clause.default:
                said.append(clause.text(value))
        return " ".join(said)


def _check_brackets(text: str, tokens: Sequence[SourceToken]) -> None:
    """Refuse brackets deeper than any tree that may be; those around lists are not worth telling apart."""
    depth = 0
    for token in tokens:
        if token.kind is TokenKind.SIGN and token.value in "()":
            depth += 1 if token.value == "(" else -1
            if depth > DEEPEST:
                place = place_of(text, token.start, token.end)
                raise DefinitionError(f"this is nested too deeply: {DEEPEST} levels are the most", place)
