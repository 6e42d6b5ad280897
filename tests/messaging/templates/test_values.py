"""What templates make of the customer's data: fallbacks, languages, times, money."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderFault
from hub.core.messaging.templates.values import Money
from hub.core.messaging.templates.vocabulary import VARIABLES
from tests.messaging.templates.conftest import Render, request, wording

Text = Callable[..., str]
TODAY = date(2026, 1, 20)


def ordered(days: int, hour: int = 11, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 1, 20, hour, tzinfo=UTC) - timedelta(days=days)
    return {"today": TODAY, "last_order": {"ordered_at": at, **more}}


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("en", 0, "today"), ("en", 1, "yesterday"), ("en", -1, "tomorrow"), ("en", 2, "2 days ago"),
        ("en", 7, "7 days ago"), ("en", 13, "13 days ago"), ("en", 14, "2 weeks ago"), ("en", 60, "2 months ago"),
        ("en", -3, "in 3 days"), ("de", 0, "heute"), ("de", 1, "gestern"), ("de", 2, "vor 2 Tagen"),
        ("de-AT", 400, "vor 1 Jahr"), ("da", 1, "i går"), ("da", 2, "for 2 dage siden"), ("da", -2, "om 2 dage"),
        ("fr", 2, "2 days ago"), ("", 2, "2 days ago"), ("de-ZZ", 2, "vor 2 Tagen"),
    ],
)  # fmt: skip
def test_times_are_told_relative_to_the_day_of_sending(text: Text, language: str, days: int, said: str) -> None:
    assert text("{{ last_order.ordered_at | ago }}", language, **ordered(days)) == said


def test_the_words_language_goes_before_the_customers(rendered: Render) -> None:
    words = "{{ last_order.ordered_at | ago }}"
    for own, customers, said in (("de", "da", "gestern"), ("", "da", "i går"), ("", "", "yesterday")):
        answer = rendered(wording(words, own), customers, **ordered(1))
        assert isinstance(answer, Rendered)
        assert answer.text == said


def test_days_are_the_organisations(text: Text) -> None:
    late = ordered(1, 23)  # half past midnight on the day of sending, in Berlin
    assert text("{{ last_order.ordered_at | ago }}", **late) == "today"
    assert text("{{ last_order.ordered_at | date }}, {{ last_order.ordered_at | time }}", **late) == (
        "20 January 2026, 00:00"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "20 January 2026 20/01/2026 €1,234.50 US$2.00 €7.00 yes 1,234.5 3"),
        ("de", "20. Januar 2026 20.01.26 1.234,50 € 2,00 $ 7,00 € ja 1.234,5 3"),
        ("da", "20. januar 2026 20.01.2026 1.234,50 € 2,00 US$ 7,00 € ja 1.234,5 3"),
    ],
)
def test_values_show_as_people_read_them(text: Text, language: str, said: str) -> None:
    words = (
        '{{ today }} {{ today | date("short") }} {{ figures.revenue }} {{ last_order.total | money }} '
        '{{ 7 | money }} {{ customer.fields["Friend"] }} {{ customer.fields["Weight"] }} {{ figures.orders }}'
    )
    data = {
        "today": TODAY,
        "figures": {"revenue": Money(Decimal("1234.50"), "EUR"), "orders": 3},
        "last_order": {"total": Money(Decimal(2), "USD")},
        "customer": {"fields": {"Friend": True, "Weight": Decimal("1234.5")}},
    }
    assert text(words, language, **data) == said


def test_values_show_so_within_longer_texts_too(text: Text) -> None:
    assert (
        text(
            "{{ 'on ' ~ today ~ ' for ' ~ figures.revenue }}",
            "de",
            today=TODAY,
            figures={"revenue": Money(Decimal(5), "EUR")},
        )
        == "on 20. Januar 2026 for 5,00 €"
    )


def test_lists_and_conditions(text: Text) -> None:
    words = (
        "{{ last_order.titles }}; "
        "{% for one in last_order.titles %}{{ loop.index }} {{ one | upper }} {% endfor %}"
        "{% if last_order.total > 40 %}much{% endif %}"
    )
    data = {"last_order": {"titles": ["Hamlet", "Faust"], "total": Money(Decimal(42), "EUR")}}
    assert text(words, **data) == "Hamlet, Faust; 1 HAMLET 2 FAUST much"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ customer.first_name | otherwise('friend') }}", "friend"),
        ("{{ customer.first_name | default('friend') }}", "friend"),
        ("{{ last_order.total | money | otherwise('nothing') }}", "nothing"),
        ("{{ last_order.ordered_at | ago | otherwise('never') }}", "never"),
        ("{{ customer.first_name | upper if customer.first_name else 'you' }}", "you"),
        ("{% if customer.gender == 'female' %}Frau{% elif not customer.gender %}all{% endif %}", "all"),
        ("{% if customer.city is none %}1{% endif %}{% if customer.city is not defined %}2{% endif %}", "12"),
        ("{{ customer.fields['Seat'] | otherwise('any') }}", "any"),
        ("{{ own_text or 'no news' }}", "no news"),
    ],
)
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_what_is_missing_has_a_fallback(text: Text, words: str, said: str, empty: object) -> None:
    customer = {"first_name": empty, "gender": empty, "city": empty, "fields": {"Seat": empty}}
    assert text(words, customer=customer, last_order=None, own_text=empty) == said


@pytest.mark.parametrize(
    "words",
    [
        "{{ customer.first_name }}", "{{ 'Hi ' ~ customer.first_name }}", "{{ customer.first_name | upper }}",
        "{{ [customer.first_name] | join }}", "{{ '%s' % customer.first_name }}",
        "{{ customer.first_name + '!' }}",
        "{% set name = customer.first_name %}{{ name }}", "{{ customer.first_name | length }}",
        "{% for one in [customer.first_name] %}{{ one }}{% endfor %}", "{{ customer['first_name'] }}",
        "{% macro of(name) %}{{ name }}{% endmacro %}{{ of(customer.first_name) }}",
        "{% for letter in customer.first_name %}{{ letter }}{% endfor %}x",
        "{{ '{}'.format(customer.first_name) }}", "{{ customer.first_name | trim }}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_missing_without_a_fallback_is_a_fault(fault: Text, words: str, empty: object) -> None:
    said = fault(f"line one\n{words}", customer={"first_name": empty})
    assert said.startswith("line 2 of the text: `customer.first_name` is missing and has no fallback")


@pytest.mark.parametrize("words", ["{{ none }}x", "{{ none ~ 'x' }}", "{{ [none] | join }}x", "{{ '%s' % none }}"])
def test_the_word_none_never_shows(fault: Text, words: str) -> None:
    assert "missing" in fault(words)


def test_a_fault_repeats_nothing_of_the_customers_data(fault: Text) -> None:
    secret = "Rumpelstiltskin"
    data = {"customer": {"first_name": secret, "tags": [secret], "fields": {}}}
    for words in (
        "{{ customer.fields[customer.first_name] }}", "{{ customer[customer.first_name] }}",
        "{{ customer.tags[customer.first_name] }}", "{{ customer.first_name | int + 'x' }}",
        "{{ today | date(customer.first_name) }}", "{{ customer.first_name | money }}",
        "{{ customer.first_name | round }}", "{{ {}[customer.first_name] }}",
        "{{ customer.first_name.format_map(customer) }}{{ 1 / 0 }}",
    ):  # fmt: skip
        assert secret not in fault(words, **data), words


def test_data_is_never_a_template(text: Text) -> None:
    assert text("{{ own_text }}", own_text="{{ 7 * 7 }}{% x %}") == "{{ 7 * 7 }}{% x %}"


def test_the_subject_is_one_line_of_bounded_length(rendered: Render) -> None:
    answer = rendered(wording("x", subject="News  {{ own_text }}"), own_text="a\r\nBcc: b\n c")
    assert isinstance(answer, Rendered)
    assert answer.subject == "News a Bcc: b c"
    answer = rendered(wording("x", subject="{{ own_text }}"), own_text="a" * 999)
    assert answer == RenderFault("the subject: it has more than 998 characters for this customer")


def test_a_text_of_nothing_is_a_fault(fault: Text) -> None:
    assert "nothing is left of it" in fault("{% if own_text %}{{ own_text }}{% endif %} ")


SHOWN = [variable.path for variable in VARIABLES if variable.path not in ("customer.fields", "customer.tags")]
EVERYTHING = " ".join(f"«{{{{ {path} | otherwise('?') }}}}»" for path in SHOWN)
VALUES = (
    st.none()
    | st.text(st.characters(exclude_characters="«»", codec="utf-8"), max_size=10)
    | st.integers()
    | st.decimals(-1000, 1000)
    | st.dates()
    | st.booleans()
)


@given(st.lists(VALUES, min_size=len(SHOWN), max_size=len(SHOWN)))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_known_of_somebody_none_and_holes_never_show(renderer: Renderer, values: list[object]) -> None:
    data: dict[str, Any] = {"last_order": {}}
    for path, value in zip(SHOWN, values, strict=True):
        root, _, name = path.partition(".")
        if name:
            data.setdefault(root, {})[name] = value
        elif root != "today":
            data[root] = value
    (answer,) = renderer.render([request(wording(EVERYTHING), **data)])
    assert isinstance(answer, Rendered), answer
    assert "«»" not in answer.text
    if not any(isinstance(value, str) and "None" in value for value in values):
        assert "None" not in answer.text
