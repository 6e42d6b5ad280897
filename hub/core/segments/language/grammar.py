"""The grammar: a base, and one rule for each criterion, made from its clauses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lark import Lark
from lark.exceptions import GrammarError

from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import IntegratorError
from hub.core.segments.binding import Catalogue
from hub.core.segments.language.clauses import Clause, clauses_of, words_in
from hub.core.segments.language.reading import Reader
from hub.core.segments.language.tokens import SourceToken, TokenKind
from hub.core.segments.membership import InSegment

RESERVED = frozenset({"and", "or", "not", "everyone", "nobody"})
"""Words that no criterion may be called."""
_JOINING = frozenset({"and", "or"})
"""Words that no parameter may be said with: what follows a criterion would be taken for its parameter."""

# Words and signs stand in double quotes. Names after -> are methods of Reader, or of the tests themselves.
_BASE = """
    start: either
    either: both ("or" both)*
    both: one ("and" one)*
    ?one: "not" one -> negation
        | "(" either ")" -> group
        | "everyone" -> everyone
        | "nobody" -> nobody
        | criterion
    number_test: (">=" | "at" "least") NUMBER -> number_at_least
        | ("<=" | "at" "most") NUMBER -> number_at_most
        | (">" | "more" "than") NUMBER -> number_more_than
        | ("<" | "less" "than" | "fewer" "than") NUMBER -> number_less_than
        | ("=" | "exactly") NUMBER -> number_exactly
        | "between" NUMBER "and" NUMBER -> number_between
    date_test: "within" _last NUMBER _days -> date_within_days
        | "not" "within" _last NUMBER _days -> date_not_within_days
        | "exactly" NUMBER _days "ago" -> date_exactly_days_ago
        | "more" "than" NUMBER _days "ago" -> date_more_than_days_ago
        | "before" DATE -> date_before
        | "after" DATE -> date_after
        | "on" DATE -> date_on
        | "between" DATE "and" DATE -> date_between
    _last: ("the"? "last")?
    _days: "day" | "days"
    one_of: ("in" text_list | "=" TEXT) -> choice_is_in
        | ("not" "in" text_list | "!=" TEXT) -> choice_not_in
    text_test: ("any" "of" text_list | TEXT) -> texts_any_of
        | "all" "of" text_list -> texts_all_of
        | "none" "of" text_list -> texts_none_of
    text_list: "(" texts ")"
    texts: TEXT | texts "," TEXT
    plain_text: TEXT
    plain_number: NUMBER
    plain_date: DATE
"""


class Grammar:
    """The parser for a catalogue's criteria, and the words it knows.

    Raises:
        IntegratorError: a criterion can't be said; its name stands for the plugin's.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.clauses: Mapping[str, Sequence[Clause]] = {one.name: clauses_of(one) for one in catalogue}
        """The clauses of each criterion, by its name."""
        self.criteria = tuple(word for one in catalogue for word in (one.name, *one.aliases))
        """Every word that begins a criterion."""
        rules, reader = [_BASE], Reader()
        for number, criterion in enumerate(catalogue):
            _check(criterion, self.clauses[criterion.name])
            rules += _rules(f"c{number}", criterion, self.clauses[criterion.name])
            reader.learn(f"c{number}", criterion, self.clauses[criterion.name])
        names = " | ".join(f"c{number}" for number in range(len(self.clauses)))
        rules.append(f"?criterion: {names}" if names else "criterion: NEVER")
        source = "\n".join(rules)
        words = sorted(set(words_in(source)))
        self._terminals = {word: f"T{number}" for number, word in enumerate(words)}
        self._words = {terminal: word for word, terminal in self._terminals.items()}
        declared = " ".join([*self._words, *TokenKind, "NEVER"])
        rewritten = re.sub(r'"([^"]+)"', lambda match: self._terminals[match[1]], source)
        self._lark = self._build(f"{rewritten}\n%declare {declared}\n", reader, catalogue)

    def parser(self) -> Any:
        """A fresh parser, to be fed token by token."""
        return self._lark.parse_interactive("")

    def terminal(self, token: SourceToken) -> str:
        """The name under which the parser knows a token."""
        if token.kind in (TokenKind.WORD, TokenKind.SIGN):
            return self._terminals.get(token.value, token.kind)
        return token.kind

    def meaning(self, terminals: Iterable[str]) -> frozenset[str]:
        """The words, signs and kinds of token that terminals stand for; ``$END`` stays as it is."""
        return frozenset(self._words.get(terminal, terminal) for terminal in terminals)

    def _build(self, source: str, reader: Reader, catalogue: Catalogue) -> Lark:
        try:
            return Lark(source, parser="lalr", lexer="basic", transformer=reader, propagate_positions=False)
        except GrammarError as error:
            # Each catalogue has the hub's own criterion too, which can be told apart.
            criteria = [one for one in catalogue if not isinstance(one, InSegment)]
            if len(criteria) > 1:
                for criterion in criteria:
                    Grammar(Catalogue([criterion]))
            name = criteria[0].name if len(criteria) == 1 else "criteria"
            raise IntegratorError(
                name, "its parameters can't be told apart in a text: give them different keywords"
            ) from error


def _check(criterion: Criterion[Any], clauses: Sequence[Clause]) -> None:
    for word in (criterion.name, *criterion.aliases):
        if word in RESERVED:
            raise IntegratorError(criterion.name, f"the word {word!r} is taken by the language: choose another")
    for clause in clauses:
        for word in words_in(clause.grammar):
            if not re.fullmatch(r"[^\W\d]\w*(\.\w+)*", word) or word != word.lower():
                raise IntegratorError(
                    criterion.name, f"parameter {clause.field}: {word!r} is not a lower-case word of letters"
                )
            if word in _JOINING:
                raise IntegratorError(
                    criterion.name, f"parameter {clause.field}: the word {word!r} is taken by the language"
                )


def _rules(rule: str, criterion: Criterion[Any], clauses: Sequence[Clause]) -> list[str]:
    """A criterion's rules: its name and what may follow, one rule for each clause and what may follow that.

    One rule with all optional clauses in a row would be taken apart into every choice of them: 512 for nine.
    """
    names = " | ".join(f'"{word}"' for word in (criterion.name, *criterion.aliases))
    rules = [f"{rule}: ({names}) _{rule}_0"]
    for place, clause in enumerate(clauses):
        left_out = f" | _{rule}_{place + 1}" if clause.optional else ""
        rules.append(f"_{rule}_{place}: {rule}_{clause.field} _{rule}_{place + 1}{left_out}")
        rules.append(f"{rule}_{clause.field}: {clause.grammar}")
    return [*rules, f"_{rule}_{len(clauses)}: "]
