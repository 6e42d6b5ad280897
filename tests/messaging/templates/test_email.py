"""Email: MJML and HTML, what is escaped, and the text that is made of it."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.messaging.templates.plain_text import text_of
from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderFault
from tests.messaging.templates.conftest import Render, request, wording

Html = Callable[..., str]


def mjml(inside: str) -> str:
    text = f"\n<mj-text>{inside}</mj-text>\n"
    return f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>"


@pytest.fixture
def html(rendered: Render) -> Html:
    def render(source: str, **data: object) -> str:
        answer = rendered(wording(html=source), **data)
        assert isinstance(answer, Rendered), answer
        assert answer.html is not None
        return answer.html

    return render


def test_mjml_becomes_html_that_fetches_nothing(html: Html) -> None:
    made = html(mjml("Hi {{ customer.first_name }}"), customer={"first_name": "Ada"})
    assert made.startswith("<!doctype html>")
    assert "Hi Ada" in made
    assert "<mj" not in made
    assert "<link" not in made
    assert "@import" not in made


def test_words_that_only_a_line_end_parts_stay_two_words(rendered: Render) -> None:
    source = mjml("<a href='https://example.com/x'>one</a>\n  <b>two</b>\n<i>three</i> <u>four</u>")
    answer = rendered(wording(html=source))
    assert isinstance(answer, Rendered)
    assert answer.text == "one (https://example.com/x) two three four"


def test_signs_that_mjml_stumbles_over_stand_in_places_for_data(html: Html) -> None:
    words = (
        '{% if 1 < 2 and \'a\' != "b" %}yes{% endif %} {{ customer.city | otherwise("<here> & there") }}'
        "<a href='{{ unsubscribe_url }}'>x</a>{# a 'comment' < #}{% raw %}{{ as it is }}{% endraw %}"
    )
    made = html(mjml(words), unsubscribe_url="https://example.com/?a=1&b=2")
    assert "yes &lt;here&gt; &amp; there" in made
    assert 'href="https://example.com/?a=1&amp;b=2"' in made
    assert "{{ as it is }}" in made
    assert "comment" not in made


def test_whole_sections_may_be_repeated_or_left_out(html: Html) -> None:
    source = (
        "<mjml><mj-body><mj-raw>{% for one in last_order.titles %}</mj-raw><mj-section><mj-column><mj-text>"
        "{{ one }}</mj-text></mj-column></mj-section><mj-raw>{% endfor %}</mj-raw></mj-body></mjml>"
    )
    made = html(source, last_order={"titles": ["Hamlet", "Faust"]})
    assert made.index("Hamlet") < made.index("Faust")
    assert made.count("max-width:600px") == 2


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_value_becomes_markup(renderer: Renderer, value: str) -> None:
    source = "<p title=\"{{ own_text }}\">{{ customer.city }}</p>{{ '<' ~ customer.city }}"
    (answer,) = renderer.render([request(wording("x", html=source), own_text=value, customer={"city": value})])
    assert isinstance(answer, Rendered)
    assert answer.html is not None
    inside = answer.html.removeprefix('<p title="')
    title, _, rest = inside.partition('">')
    assert '"' not in title
    assert rest.count("<") == 1
    assert rest.partition("</p>")[2].startswith("&lt;")


def test_the_own_text_keeps_its_lines_and_is_escaped(rendered: Render) -> None:
    answer = rendered(
        wording("{{ own_text }}", html="<p>{{ own_text }}</p>", subject="s"), own_text="a <b>\nc & d"
    )
    assert answer == Rendered("s", "a <b>\nc & d", "<p>a &lt;b&gt;<br>\nc &amp; d</p>")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "<mjml>\n<mj-body>\n<mj-txt>a</mj-txt></mj-body></mjml>",
            "line 3 of the html: MJML has no <mj-txt>; did you",
        ),
        (
            "<mjml>\n<mj-body>\n<mj-section>\n</mj-body></mjml>",
            "line 4 of the html: </mj-body> closes what is not open",
        ),
        ("<mjml>\n<mj-body>", "line 2 of the html: <mj-body> is not closed"),
        ("<mjml><mj-body>\n<mj-include path='/etc/passwd'/></mj-body></mjml>", "other files can't be included"),
        (mjml("<img src=x>"), "this is no MJML"),
        ("<mjml><mj-body\nwidth='{{ own_text }}'></mj-body></mjml>", "line 2 of the html: nothing is shown"),
        (mjml("a\n\n{{ customer.city }}"), "line 4 of the html: `customer.city` is missing"),
        (
            mjml("{% if\n own_text\n%}{% endif %}\n{{ customer.city }}"),
            "line 5 of the html: `customer.city` is missing",
        ),
        (mjml("a\n{{ customer.\ncity }}"), "of the html: `customer.city` is missing"),
        (mjml("\n{{ customer.ctiy }}"), "line 3 of the html: customer has no 'ctiy'; did you mean city?"),
        (mjml("\n{{ customer.city"), "line 3 of the html: unexpected '/'"),
        (mjml("\n{% if own_text %}"), "of the html: unexpected end of template"),
        ("<mjml>" + "<mj-wrapper>" * 50_000, "nested more than 200 deep"),
        ("<p>\n{{ customer.city }}</p>", "line 2 of the html: `customer.city` is missing"),
    ],
)
def test_a_mistake_is_told_with_its_line_in_what_was_written(rendered: Render, source: str, said: str) -> None:
    answer = rendered(wording(html=source))
    assert isinstance(answer, RenderFault)
    assert said in answer.reason


def test_an_email_without_a_text_gets_one(rendered: Render) -> None:
    source = mjml(
        "<h1>News</h1><p>Hi {{ customer.first_name }},</p><ul><li>one</li><li>two &amp; three</li></ul>"
        "<p>See <a href='https://example.com/{{ own_text }}'>the\n  programme</a>.</p>"
    )
    answer = rendered(wording(html=source), customer={"first_name": "Ada <3"}, own_text="x")
    assert isinstance(answer, Rendered)
    assert answer.text == (
        "News\n\nHi Ada <3,\n\n- one\n- two & three\n\nSee the programme (https://example.com/x)."
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ol><li>a<li>b</ol>c", "1. a\n2. b\n\nc"),
        ("<style>x</style><script>y</script><title>z</title>a", "a"),
        ("<div style='display: none'>preview<br></div><div>a</div>", "a"),
        ("<a href='https://example.com'>https://example.com</a>", "https://example.com"),
        ("<a href='mailto:a@example.com'>a@example.com</a> <a href='#top'>up</a>", "a@example.com up"),
        ("<a href='https://example.com'><img alt='Hamlet' src='x'></a>", "Hamlet (https://example.com)"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("<!-- no --><!--[if mso]><p>no</p><![endif]-->a &nbsp; b", "a b"),
        ("<p>a", "a"), ("</p></ul></a>a", "a"), ("", ""),
    ],
)  # fmt: skip
def test_text_of_html(source: str, said: str) -> None:
    assert text_of(source) == said


@given(st.text(st.sampled_from("<>/abp liu='\"&;!-\n"), max_size=60))
def test_whatever_html_there_is_it_has_a_text(source: str) -> None:
    assert "\n\n\n" not in text_of(source)
