"""Says in plain words what is wrong with a text, and what was expected there."""

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from hub.core.contracts.errors import DefinitionError
from hub.core.segments.language.places import place_of
from hub.core.segments.language.tokens import SourceToken, TokenKind, quoted

_MOST = 8
END = "$END"

# What may stand at a place is a set of words and signs; a set that begins one thing is said as that thing.
_PHRASES: Mapping[frozenset[str], str] = types.MappingProxyType(
    {
        frozenset({">=", "<=", ">", "<", "=", "between", "at", "more", "less", "fewer", "exactly"}): (
            "a comparison such as `>= 3` or `between 2 and 5`"
        ),
        frozenset({"within", "exactly", "more", "not", "before", "after", "on", "between"}): (
            "a time such as `within 60 days`, `more than 60 days ago` or `before 2024-01-31`"
        ),
        frozenset({"in", "not", "=", "!="}): 'a list such as `in ("a", "b")` or `not in ("a")`',
        frozenset(
            {TokenKind.TEXT, "any", "all", "none"}
        ): 'a text in quotes, or a list such as `any of ("a", "b")`',
        frozenset({TokenKind.NUMBER, "the", "last"}): "a number of days",
        frozenset({"day", "days"}): "`days`",
        frozenset({TokenKind.TEXT}): "a text in quotes",
        frozenset({TokenKind.NUMBER}): "a number",
        frozenset({TokenKind.DATE}): "a date such as 2024-01-31",
        frozenset({","}): "a comma",
        frozenset({"("}): "an opening bracket",
        frozenset({")"}): "a closing bracket",
    }
)


def misplaced(
    text: str, tokens: Sequence[SourceToken], position: int, expected: frozenset[str], criteria: Sequence[str]
) -> DefinitionError:
    """The mistake that the token at ``position`` (or the end of the text, behind the last) can't stand there.

    Args:
        text: the whole text.
        tokens: its tokens.
        position: index of the one that doesn't fit.
        expected: words, signs and kinds of token that would.
        criteria: every word that begins a criterion.
    """
    bracket = _bracket(text, tokens, position)
    if bracket is not None:
        return bracket
    wanted = _listed(_phrases(expected, criteria))
    if position == len(tokens):
        end = tokens[-1].end
        return DefinitionError(f"the text ends too early: expected {wanted}", place_of(text, end, end))
    token = tokens[position]
    place = place_of(text, token.start, token.end)
    shown = _shown(token)
    hint = _hint(token, expected, criteria)
    if token.value == "," and position and tokens[position - 1].kind is TokenKind.NUMBER:
        hint = "numbers are written without commas: 1000"
    if token.kind is TokenKind.WORD and _starts_criterion(expected, criteria) and token.value not in _LANGUAGE:
        return DefinitionError(f"there is no criterion {shown}: expected {wanted}", place, hint)
    after = f" after {_shown(tokens[position - 1])}" if position else ""
    return DefinitionError(f"{shown} doesn't fit{after}: expected {wanted}", place, hint)


_LANGUAGE = frozenset({"and", "or", "between", "within", "in", "is", "of", "on", "before", "after", "days"})


def _bracket(text: str, tokens: Sequence[SourceToken], position: int) -> DefinitionError | None:
    """A bracket that is never closed, or that closes nothing."""
    opened: list[SourceToken] = []
    for token in tokens[:position]:
        if token.kind is TokenKind.SIGN and token.value == "(":
            opened.append(token)
        elif token.kind is TokenKind.SIGN and token.value == ")":
            opened.pop()
    if position == len(tokens) and opened:
        place = place_of(text, opened[-1].start, opened[-1].end)
        return DefinitionError("this bracket is never closed", place, "add a closing bracket")
    here = tokens[position] if position < len(tokens) else None
    if here is not None and here.kind is TokenKind.SIGN and here.value == ")" and not opened:
        place = place_of(text, here.start, here.end)
        return DefinitionError("this bracket closes nothing", place, "take it away, or open one before it")
    return None


def _phrases(expected: frozenset[str], criteria: Sequence[str]) -> Iterator[str]:
    left = set(expected)
    if _starts_criterion(expected, criteria):
        names = sorted(set(criteria))
        shown = ", ".join(f"`{name}`" for name in names[:3])
        yield f"a criterion ({shown}{', …' if len(names) > 3 else ''})"
        yield "`not`"
        left -= {*criteria, "not", "(", "everyone", "nobody"}
    ends = END in left
    covered: set[str] = {END}
    for words, phrase in _PHRASES.items():
        if words <= left and not words <= covered:
            covered |= words
            yield phrase
    for word in ("and", "or", *sorted(left)):
        if word in left - covered:
            covered.add(word)
            yield f"`{word}`"
    if ends:
        yield "the end of the text"


def _starts_criterion(expected: frozenset[str], criteria: Sequence[str]) -> bool:
    return "everyone" in expected and "nobody" in expected and set(criteria) <= expected


def _listed(phrases: Iterable[str]) -> str:
    said = list(phrases)
    if len(said) > _MOST:
        return ", ".join(said[: _MOST - 1]) + " and others"
    return " or ".join(part for part in (", ".join(said[:-1]), said[-1]) if part)


def _shown(token: SourceToken) -> str:
    value = quoted(token.value) if token.kind is TokenKind.TEXT else token.value
    return f"`{value[:40]}…`" if len(value) > 41 else f"`{value}`"


def _hint(token: SourceToken, expected: frozenset[str], criteria: Sequence[str]) -> str:
    """A near miss, or quotes that were left out."""
    if token.kind is TokenKind.SIGN and token.value == "!=" and "=" in expected:
        return "say `not` in front of the criterion, and `=` here"
    if token.kind is not TokenKind.WORD:
        return ""
    words = [word for word in expected if word.isidentifier() or "." in word]
    words = [word for word in words if word not in set(TokenKind)]
    close = get_close_matches(token.value, words, n=1, cutoff=0.7)
    if close:
        return f"did you mean `{close[0]}`?"
    if TokenKind.TEXT in expected and token.value not in _LANGUAGE:
        return f"texts stand in quotes: {quoted(token.value)}"
    if _starts_criterion(expected, criteria):
        return f"the criteria are {', '.join(sorted(set(criteria)))}"
    return ""
