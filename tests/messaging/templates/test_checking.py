"""Checking: what is misspelt is told at its place, and what somebody may lack, before anybody is sent it."""

from collections.abc import Sequence

import pytest

from hub.core.messaging.templates.checking import Finding, check_contents
from hub.core.messaging.templates.contents import Contents, Wording
from hub.core.messaging.templates.invented import full
from hub.core.messaging.templates.rendering import Rendered, Renderer
from hub.core.messaging.templates.vocabulary import VARIABLES
from tests.messaging.templates.conftest import Render, wording

FIELDS = {"Seat": "text", "St. Pauli": "yes_no", "Since": "date", "Score": "number", "Kind": "choice"}


def check(renderer: Renderer, *words: Wording, certain: Sequence[str] = ()) -> Sequence[Finding]:
    return check_contents(Contents(words), renderer, FIELDS, "EUR", certain)


@pytest.mark.parametrize(
    ("words", "line", "column", "word", "said"),
    [
        ("Hi\n  {{ custmer.first_name }}", 2, 6, "custmer", "there is no 'custmer'; did you mean customer?"),
        ("{{ customer.firstname }}", 1, 13, "firstname", "customer has no 'firstname'; did you mean first_name?"),
        ("{{ customer['fist_name'] }}", 1, 14, "fist_name", "did you mean first_name?"),
        ("{% if figures.order %}{% endif %}x", 1, 15, "order", "figures has no 'order'; did you mean orders?"),
        ("{{ customer.fields['Saet'] }}", 1, 21, "Saet", "there is no custom field 'Saet'; did you mean Seat?"),
        ("{{ today | dat }}", 1, 12, "dat", "there is no filter 'dat'; did you mean date?"),
        ("{% if today is definde %}{% endif %}", 1, 16, "definde", "no test 'definde'; did you mean defined?"),
        ("\n{% iff x %}", 2, 4, "iff", "encountered unknown tag 'iff'"),
        ("{{ today today }}", 1, 4, "today", "expected token 'end of print statement', got 'today'"),
        ("{% if today %}", 1, 0, "", "unexpected end of template"),
        ("{% include 'x' %}", 1, 4, "include", "`include` is not allowed in a message"),
        ("{{ today | shwn }}", 1, 12, "shwn", "there is no filter 'shwn'"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    renderer: Renderer, words: str, line: int, column: int, word: str, said: str
) -> None:
    found = check(renderer, wording(words))[0]
    assert said in found.reason
    assert (found.part, found.line) == ("text", line)
    if word:
        assert (found.column, found.word) == (column, word)


def test_every_mistake_is_found_at_once(renderer: Renderer) -> None:
    found = check(
        renderer, wording("{{ a }}\n{{ b }}"), wording("{{ c }}", html="<p>\n{{ d }}</p>", subject="{{ e }}")
    )
    assert [(one.channel, one.part, one.line, one.word) for one in found] == [
        ("sms", "text", 1, "a"), ("sms", "text", 2, "b"), ("email", "subject", 1, "e"), ("email", "text", 1, "c"),
        ("email", "html", 2, "d"),
    ]  # fmt: skip


def test_every_value_that_somebody_may_lack_is_found(renderer: Renderer) -> None:
    lacking = [one.path for one in VARIABLES if one.may_be_missing]
    words = "\n".join(f"{{{{ {one.path} }}}}" for one in VARIABLES if one.path != "customer.fields")
    found = check(renderer, wording(words))
    assert sorted(one.word for one in found) == sorted(lacking)
    assert all(words.splitlines()[one.line - 1] == f"{{{{ {one.word} }}}}" for one in found)


def test_custom_fields_may_be_empty(renderer: Renderer) -> None:
    words = "\n".join(f"{{{{ customer.fields['{name}'] }}}}" for name in FIELDS)
    assert [(one.line, one.word) for one in check(renderer, wording(words))] == [
        (line, f"customer.fields.{name}") for line, name in enumerate(FIELDS, start=1)
    ]


@pytest.mark.parametrize(
    "words",
    [
        "{{ customer.first_name | otherwise('you') }}",
        "{% if last_order.total %}{{ last_order.total }} {{ customer.city or 'there' }}{% endif %}x",
        "{{ figures.last_purchase | ago | otherwise('long ago') }}",
        "{% for one in customer.tags %}{{ one }}{% endfor %}{{ customer.fields['Since'] | date | default('x') }}",
        "{{ unsubscribe_url }} {{ organisation.name }} {{ figures.revenue | money }} {{ today | date('full') }}",
        "{% set name = customer.first_name or 'you' %}{{ name }}",
        "{% macro hi(who) %}Hi {{ who }}{% endmacro %}{{ hi(customer.title | otherwise('you')) }}",
    ],
)
def test_what_everybody_can_be_sent_has_no_findings(renderer: Renderer, words: str) -> None:
    assert check(renderer, wording(words), wording("", html=f"<p>{words}</p>")) == []


def test_what_is_only_missing_behind_something_else_is_found(renderer: Renderer) -> None:
    words = "{% if figures.orders %}{% if customer.city %}{{ customer.first_name }}{% endif %}{% endif %}x"
    assert [one.word for one in check(renderer, wording(words))] == ["customer.first_name"]


def test_what_a_newsletter_brings_is_not_missing(renderer: Renderer) -> None:
    words = wording("{{ own_text }} {{ campaign_link }}")
    assert [one.word for one in check(renderer, words, certain=["own_text"])] == ["campaign_link"]
    assert check(renderer, words, certain=["own_text", "campaign_link"]) == []


def test_what_takes_too_long_is_found(renderer: Renderer) -> None:
    (found,) = check(renderer, wording("{% for a in range(99999) %}{{ range(99999) | sum }}{% endfor %}"))[:1]
    assert "longer than 2 seconds" in found.reason
    assert str(found) == "sms, text, line 1: it takes longer than 2 seconds"


def test_the_invented_customer_lacks_nothing(rendered: Render) -> None:
    words = " ".join(f"{{{{ {one.path} }}}}" for one in VARIABLES if one.path != "customer.fields")
    words += "".join(f" {{{{ customer.fields['{name}'] }}}}" for name in FIELDS)
    answer = rendered(wording(words), **full(FIELDS, "DKK"))
    assert isinstance(answer, Rendered), answer
    assert "DKK" in answer.text
