"""What is wrong is said with its place: a table of mistakes, and any damage done to a text that was right."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.core.contracts.errors import DefinitionError, Place
from hub.core.segments.definition import load
from hub.core.segments.language import Language, render_error

# The text, ¦…¦ around the place (empty at the end of the text); parts of the message and of the hint.
MISTAKES = [
    (
        "¦o¦",
        "there is no criterion `o`: expected a criterion (`abandoned_cart`, `account`, `account_status`, …)",
        "",
    ),
    ("¦order¦ > 3", "there is no criterion `order`", "did you mean `orders`?"),
    ("¦und¦ orders > 3", "there is no criterion `und`", "the criteria are abandoned_cart, account"),
    ("orders > 3 and ¦tagg¦ 'vip'", "there is no criterion `tagg`", "did you mean `tag`?"),
    ("orders¦¦", "the text ends too early: expected a comparison such as `>= 3` or `between 2 and 5`", ""),
    ("orders >=  ¦¦", "the text ends too early: expected a number", ""),
    ("orders ¦3¦", "`3` doesn't fit after `orders`: expected a comparison", ""),
    ("orders > ¦three¦", "`three` doesn't fit after `>`: expected a number", ""),
    ("orders ¦!=¦ 3", "expected a comparison", "say `not` in front of the criterion, and `=` here"),
    ("orders ¦not¦ > 3", "`not` doesn't fit after `orders`", ""),
    ("orders > 1¦,¦000", "`,` doesn't fit after `1`", "numbers are written without commas: 1000"),
    ("revenue > ¦1.000.000¦", "`1.000.000` is neither a number nor a date: a number is written 1000 or 19.99", ""),
    ("revenue > 3¦€¦", "`€` has no meaning here", ""),
    ("orders > ¦1.23456¦", "at most 4 decimals", ""),
    ("orders > ¦10000000000000¦", "between -1,000,000,000,000 and 1,000,000,000,000", ""),
    (f"orders > ¦{'9' * 31}¦", "this number is too long", "the largest number is"),
    ("orders ¦between 5 and 2¦", "the range is reversed: write between 2 and 5", ""),
    ("orders between 5 ¦or¦ 2", "`or` doesn't fit after `5`: expected `and`", ""),
    (
        "orders > 3 ¦age¦ > 4",
        "or `before 2024-01-31`, `and`, `or`, `with` or the end of the text",
        "",
    ),
    ("orders > 3 and¦¦", "the text ends too early: expected a criterion", ""),
    ("orders > 3 and ¦or¦ age > 4", "`or` doesn't fit after `and`: expected a criterion", ""),
    ("orders > 3 ¦&¦ age > 4", "`&` has no meaning here", ""),
    ("¦(¦orders > 3", "this bracket is never closed", "add a closing bracket"),
    ("orders > 3 and (age < 4 or ¦(¦age > 5", "this bracket is never closed", ""),
    ("orders > 3¦)¦", "this bracket closes nothing", "take it away"),
    ("(¦)¦", "`)` doesn't fit after `(`: expected a criterion", ""),
    ("last_purchase within ¦sixty¦ days", "`sixty` doesn't fit after `within`: expected a number of days", ""),
    ("last_purchase within 60¦¦", "expected `days`", ""),
    ("last_purchase within 60 ¦dyas¦", "expected `days`", "did you mean `days`?"),
    ("last_purchase within ¦1.5¦ days", "a number of days is whole", ""),
    ("last_purchase within ¦-1¦ days", "the number is too small: 0 is the least", ""),
    ("last_purchase within ¦100001¦ days", "the number is too large: 100,000 is the most", ""),
    ("last_purchase not ¦before¦ 1998-01-01", "`before` doesn't fit after `not`: expected `within`", ""),
    ("last_purchase before ¦2023-02-29¦", "there is no day 2023-02-29", "dates are written 2024-01-31"),
    ("last_purchase before ¦1998-1-1¦", "a date is written 2024-01-31", ""),
    ("last_purchase before ¦1998¦", "expected a date such as 2024-01-31", ""),
    ("last_purchase ¦between 1998-12-31 and 1998-01-01¦", "the range is reversed: write between 1998-01-01", ""),
    ("last_purchase ¦>¦ 60", "expected a time such as `within 60 days`", ""),
    ("country in (¦DE¦)", "expected a text in quotes", 'texts stand in quotes: "de"'),
    ("country in ¦'DE'¦", '`"DE"` doesn\'t fit after `in`: expected an opening bracket', ""),
    ("country in ('DE' ¦'DK'¦)", "expected a comma or a closing bracket", ""),
    ("country in ('DE',¦)¦", "`)` doesn't fit after `,`: expected a text in quotes", ""),
    ("country in ¦(¦'DE'", "this bracket is never closed", ""),
    ("country ¦in ('DE', 'Germany')¦", '"Germany" is no country code: write two letters, such as "DE"', ""),
    ("country ¦'DE'¦", 'expected a list such as `in ("a", "b")` or `not in ("a")`', ""),
    ("tag ¦vip¦", "expected a text in quotes, or a list such as", 'texts stand in quotes: "vip"'),
    ("tag any of ¦'vip'¦", "expected an opening bracket", ""),
    ("tag ¦''¦", "the text is empty", ""),
    ("tag any of ('a', ¦''¦, 'c')", "the text is empty", ""),
    (f"tag ¦'{'x' * 501}'¦", "the text is too long: 500 characters are the most", ""),
    ("tag ¦'a\0b'¦", "leave out the character with code 0", ""),
    ("tag ¦'\ud800'¦", "half a character", ""),
    ('tag ¦"¦vip', "this quote is never closed", "end the text with the same quote"),
    ("tag ¦'¦vip\n'", "this quote is never closed", ""),
    ("tag ¦“¦vip”", "curled quotes are not understood", "write straight quotes"),
    (r"tag 'a¦\q¦'", r"`\q` has no meaning inside quotes", r"write a backslash as \\"),
    ("consent 'newsletter' on ¦fax¦", "expected `email`, `messenger`, `phone`, `sms` or `viber`", ""),
    ("consent 'newsletter' on ¦emial¦", "expected `email`", "did you mean `email`?"),
    ("bought ¦'opera'¦", "expected `category`, `event`, `product`, `production`, `title` or `venue`", ""),
    ("bought category 'opera' ¦in¦ 365 days", '`in` doesn\'t fit after `"opera"`', ""),
    ("age > 18 known¦¦", "expected `only`", ""),
    ("orders > 3 and ¦'vip'¦", '`"vip"` doesn\'t fit after `and`: expected a criterion', ""),
    ("orders > 1 ¦with status in ('paid', 'lost')¦", '"lost" is no order status: write one of pending, paid', ""),
    ("¦distance < 5 km¦", 'say from where: `from "a venue"` or `from point', ""),
    ("¦distance < 5 km from 'a' from point '1, 2'¦", "say from where", ""),
    ("distance < 5 km ¦from point 'Berlin'¦", "write a point as latitude and longitude in degrees", ""),
    ("distance < 5 km ¦from point '91, 0'¦", "a latitude lies between -90 and 90", ""),
    ("distance < 5 ¦miles¦ from 'a'", "`miles` doesn't fit after `5`: expected", ""),
    ("¦birthday¦", "say when: `today`, `within next 7 days` or `this month`", ""),
    ("birthday ¦within next 367 days¦", "the number is too large: 366 is the most", ""),
    ("¦field 'x'¦", "give exactly one test of the field", ""),
    ("¦field 'x' yes no¦", "give exactly one test of the field", ""),
    ("¦ticket_for back 3 days at any time¦", "say one time", ""),
    ("¦ticket_for from 2024-03-01 until 2024-02-01¦", "the range is reversed: write from 2024-02-01", ""),
    ("ticket_for ¦back 1.5 days¦", "expected a valid integer", ""),
    ("language ¦in ('German')¦", '"German" is no language code', ""),
    ("company ¦country = 'Germany'¦", '"Germany" is no country code', ""),
    ("gender ¦woman¦", "expected `all`, `both`, `men` or `women`", "did you mean `women`?"),
    ("¦¦", "the text is empty", "write a criterion, or `everyone`"),
]


def _marked(marked: str) -> tuple[str, Place]:
    before, inside, after = marked.split("¦")
    line = before.rpartition("\n")[2]
    return before + inside + after, Place(before.count("\n") + 1, len(line) + 1, max(1, len(inside)))


def _refused(text: str, language: Language) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        language.parse(text)
    return caught.value


@pytest.mark.parametrize(("marked", "message", "hint"), MISTAKES, ids=range(len(MISTAKES)))
@pytest.mark.parametrize("before", ["", "not age < 30 or\n\r\n  tag '日本' and\t"], ids=["alone", "on line 3"])
def test_a_mistake_is_said_with_its_place(
    marked: str, message: str, hint: str, before: str, language: Language
) -> None:
    if not marked.strip("¦"):
        before = ""  # an empty text is one only by itself
    text, place = _marked(before + marked)
    error = _refused(text, language)
    assert message in str(error)
    assert hint in error.hint
    # The end of the text is the place behind the last word: spaces there are no part of it.
    assert error.place == (
        _marked(before + marked.rstrip("¦").rstrip() + "¦¦")[1] if marked.endswith("¦¦") else place
    )


@pytest.mark.parametrize("text", ["   ", "\n \t", "\u2003"])
def test_nothing_but_spaces_is_an_empty_text(text: str, language: Language) -> None:
    error = _refused(text, language)
    assert str(error) == "the text is empty"
    assert error.place == Place(1, 1)


RIGHT = [
    "ticket_for production = 'Carmen' back 30 days and distance < 3 km from point '52.5, 13.4' including unknown",
    "field 'size' number >= 46 or abandoned_cart within 7 days worth > 5 and consent none 'x' on sms",
    'orders >= 3 and not (tag "vip" or country in ("DE", \'DK\'))',
    "last_purchase not within the last 60 days or\n registered between 1998-01-01 and 1998-12-31",
    'bought category all of ("opera", "ba\\"llet") within 365 days and age between 18 and 29.5 known only',
    'consent "newsletter" on email and everyone or nobody and not city != "Lübeck 日本"',
]
PIECES = st.one_of(
    st.characters(),
    st.sampled_from(
        [*"()\"'\\,.-=<>!&\n\r\t0 19“", "≥", "\ud800", "\0", "İ", "and", " or ", "not ", "((", "1e9", "--"]
    ),
    st.sampled_from(
        ["everyone", " days", "orders > 1", "known only", '"x"', "2024-02-30", "NUMBER", "$END", "T1", "c0"]
    ),
)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), text=st.sampled_from(RIGHT))
def test_damage_is_either_understood_or_placed(language: Language, data: st.DataObject, text: str) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 8)) | st.just(len(text)))
        text = text[:start] + data.draw(st.just("") | PIECES) + text[end:]
    _check_answer(text, language)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=40) | st.lists(PIECES, max_size=12).map(" ".join))
@example("\u0130 > 3")
@example("orders > ٣")
@example("orders > 1_000")
@example("orders > 1e5")
@example("orders > -")
@example("orders > 0x10")
def test_any_text_is_either_understood_or_placed(language: Language, text: str) -> None:
    _check_answer(text, language)


def _check_answer(text: str, language: Language) -> None:
    try:
        tree = language.parse(text)
    except DefinitionError as error:
        place = error.place
        assert place is not None
        lines = text.split("\n")
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        start = sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1
        assert place.length >= 1
        assert start + place.length <= max(len(text), start + 1)
        _check_shown(text, error)
    else:
        assert language.parse(language.print(tree)) == tree


def _check_shown(text: str, error: DefinitionError) -> None:
    shown = render_error(text, error)
    assert str(error) in shown
    assert error.hint in shown


@pytest.mark.parametrize("text", RIGHT)
def test_every_end_cut_off_is_understood_or_placed(text: str, language: Language) -> None:
    for end in range(len(text) + 1):
        _check_answer(text[:end], language)
        _check_answer(text[end:], language)


DEEP: dict[str, tuple[str, int]] = {
    "brackets": ("(" * 500 + "orders > 3" + ")" * 500, 101),
    "brackets never closed": ("(" * 500, 101),
    "not": ("not " * 500 + "orders > 3", 1 + 4 * 400),
    "not and brackets": ("not (tag 'a' or " * 500 + "orders > 3" + ")" * 500, 0),
    "both": ("(age > 3 or (age > 4 and " * 500 + "orders > 3" + "))" * 500, 0),
}


@pytest.mark.parametrize(("text", "column"), DEEP.values(), ids=DEEP)
def test_nesting_500_deep_is_refused_in_words(text: str, column: int, language: Language) -> None:
    error = _refused(text, language)
    assert str(error) == "this is nested too deeply: 100 levels are the most"
    assert error.place is not None
    assert error.place.line == 1
    if column:
        assert error.place.column == column
    assert text[error.place.column - 1] in "(n"


def _nested(join: str, depth: int) -> Any:
    tree: Any = {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}
    for _ in range(depth):
        tree = {join: [tree]}
    return tree


@pytest.mark.parametrize("join", ["all_of", "any_of", "none_of"])
def test_json_500_deep_is_refused_in_words(join: str) -> None:
    text = f'{{"{join}": [' * 500 + '{"criterion": "orders"}' + "]}" * 500
    for value in (_nested(join, 500), _nested(join, 100), text, text.encode()):
        with pytest.raises(DefinitionError, match="nested too deeply: 100 levels are the most"):
            load(value)
    load(_nested(join, 99))
    with pytest.raises(DefinitionError, match="nested too deeply: 100 levels are the most"):
        load(f'{{"{join}": [' * 100_000)


def test_too_many_values_are_refused_in_words(language: Language) -> None:
    names = [f"name {number}" for number in range(10_001)]
    listed = ", ".join(f'"{name}"' for name in names)
    error = _refused(f"orders > 3 and tag any of ({listed})", language)
    assert str(error) == "the list is too long: 10,000 entries are the most"
    assert error.place == Place(1, 20, len(f"any of ({listed})"))
    tree = load({"criterion": "tag", "parameters": {"tags": {"any_of": names}}})
    with pytest.raises(
        DefinitionError, match=r"`tag`: tags\.any_of: the list is too long: 10,000 entries"
    ) as caught:
        language.print(tree)
    assert caught.value.place is None


def test_too_many_criteria_and_too_long_a_text_are_refused_in_words(language: Language) -> None:
    error = _refused(" or ".join(["orders > 3"] * 1_000), language)
    assert str(error) == "the definition is too large: 1,000 criteria and groups are the most"
    assert len(language.print(language.parse(" or ".join(["orders > 3"] * 999)))) > 10_000
    error = _refused("orders > 3\n" + " " * 8_000_000, language)
    assert str(error) == "the text is too long: 8,000,000 characters are the most"
    assert error.place == Place(2, 8_000_000 - 10, 11)


SHOWN = {
    "orders > x": ("orders > x", "         ^"),
    "orders > 3 or\nage > old or\ntag 'vip'": ("age > old or", "      ^^^"),
    "orders > 3 or\r\nage > old\r\n": ("age > old", "      ^^^"),
    "orders\t>\tmany": ("orders\t>\tmany", "      \t \t^^^^"),
    "tag '日本' and vip": ("tag '日本' and vip", "               ^^^"),
    "city = 'Lu\u0308beck' or vip": ("city = 'Lu\u0308beck' or vip", "                   ^^^"),
    "tag 日本": ("tag 日本", "    ^^^^"),
    "tag 'a' 'b\n": ("tag 'a' 'b", "        ^"),
    "orders between 5\nand 2": ("orders between 5", "       ^^^^^^^^^"),
    "orders >": ("orders >", "        ^"),
    "orders > \x1b[2J": ("orders > \ufffd[2J", "         ^"),
    "tag '\ud800' x": ("tag '\ufffd' x", "        ^"),
    "": ("", "^"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=map(ascii, SHOWN))
def test_carets_stand_below_the_word(text: str, shown: tuple[str, str], language: Language) -> None:
    error = _refused(text, language)
    line, carets, *said = render_error(text, error).split("\n")
    assert (line, carets) == shown
    where = f"line {error.place.line}: " if "\n" in text and error.place else ""
    assert said == [f"{where}{error}", *([error.hint] if error.hint else [])]


def test_a_mistake_in_a_tree_has_no_place_to_show(language: Language) -> None:
    with pytest.raises(DefinitionError) as caught:
        language.print(load({"criterion": "order"}))
    assert render_error("", caught.value) == "there is no criterion `order`\ndid you mean `orders`?"
