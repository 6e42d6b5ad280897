"""Tests of texts: one value per customer that is in a list, and many that are any, all or none of a list."""

from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, and_, func, select

from hub.core.contracts.parameters.one_form import OneForm

LONGEST = 500
"""Most characters of a text."""
MOST = 10_000
"""Most texts in a list."""


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("leave out the character with code 0: no database keeps it")
    return value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


Text = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_storable)]
"""A text of 1 to 500 characters, said in quotes."""
Texts = Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST), AfterValidator(_distinct)]
"""1 to 10,000 texts; repetitions are dropped, order is kept."""


def _same(value: str) -> Iterable[str]:
    return (value,)


class OneOf(OneForm):
    """Whether a value is in a list: ``{"is_in": ["DE", "AT"]}``. A value that is unknown is in neither form."""

    is_in: Texts | None = Field(None, description="one of these")
    not_in: Texts | None = Field(None, description="known, and none of these")

    @property
    def texts(self) -> tuple[str, ...]:
        """The list."""
        return self.form[1]  # type: ignore[no-any-return]  # a form's value is Any

    def matches(
        self, column: ColumnElement[str], spellings: Callable[[str], Iterable[str]] = _same
    ) -> ColumnElement[bool]:
        """Whether a column of texts passes; false, never null, where it is null.

        Args:
            column: the texts, compared exactly.
            spellings: the ways in which a value of the list may stand in the column.
        """
        written = dict.fromkeys(spelling for text in self.texts for spelling in spellings(text))
        test = column.not_in(written) if self.form[0] == "not_in" else column.in_(written)
        return and_(column.is_not(None), test)

    def describe(self) -> str:
        """Say it: "DE or AT", "known but not DE or AT"."""
        said = listed(self.texts, "or")
        return f"known but not {said}" if self.form[0] == "not_in" else said


class TextTest(OneForm):
    """Which of a customer's many texts count: ``{"any_of": ["vip", "press"]}``. Compared exactly."""

    any_of: Texts | None = Field(None, description="at least one of these")
    all_of: Texts | None = Field(None, description="every one of these")
    none_of: Texts | None = Field(None, description="not one of these; also passed by who has none at all")

    @property
    def texts(self) -> tuple[str, ...]:
        """The list."""
        return self.form[1]  # type: ignore[no-any-return]  # a form's value is Any

    def matches(
        self,
        number: ColumnElement[int],
        owner: ColumnElement[int],
        text: ColumnElement[str],
        *conditions: ColumnElement[bool],
    ) -> ColumnElement[bool]:
        """Whether a customer passes; never null.

        Args:
            number: the customer's number, where the question is asked.
            owner: the column of the other table that holds the customer's number.
            text: the column of that table that holds the texts.
            conditions: which rows of that table count; all, if none is given.
        """
        form, _ = self.form
        owners = select(owner).where(owner.is_not(None), text.in_(self.texts), *conditions)
        if form == "all_of" and len(self.texts) > 1:
            owners = owners.group_by(owner).having(func.count(text.distinct()) == len(self.texts))
        return number.not_in(owners) if form == "none_of" else number.in_(owners)

    def describe(self, one: str = "", many: str = "") -> str:
        """Say it: "the tag “vip”", "any of the tags “vip” or “press”".

        Args:
            one: what the text names, when it is one: "the tag".
            many: what they name, otherwise; ``one`` when left out.
        """
        form, texts = self.form
        quoted = [f"“{text}”" for text in texts]
        if form != "none_of" and len(texts) == 1:
            return f"{one} {quoted[0]}".lstrip()
        said = listed(quoted, "and" if form == "all_of" else "or")
        named = (one if len(texts) == 1 else many) or one
        return " ".join(part for part in (form.replace("_", " "), named, said) if part)


def listed(texts: Iterable[str], word: str, most: int = 5) -> str:
    """Join texts for a sentence: "a, b or c"; beyond ``most``, the rest is counted only."""
    texts = list(texts)
    if len(texts) > most:
        return f"{', '.join(texts[: most - 1])} {word} {len(texts) - most + 1:,} more"
    return f" {word} ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)
