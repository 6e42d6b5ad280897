"""Templates that take too much: each is a fault of its own, and all other messages go on."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.contracts.errors import TryAgain
from hub.core.messaging.templates.protocol import Limits
from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderFault
from tests.messaging.templates.conftest import request, wording

LIMITS = Limits(seconds=0.3, wall_seconds=20)
FINE = wording("Hi {{ own_text }}")
ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
HUGE_NUMBER = (
    "{% set n = namespace(x=9) %}{% for i in range(40) %}{% set n.x = n.x * n.x %}{% endfor %}{{ n.x > 1 }}"
)


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with Renderer("Europe/Berlin", "EUR", LIMITS) as made:
        yield made


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ENDLESS, "line 1 of the text: it takes longer than 0.3 seconds"),
        (HUGE_NUMBER, "longer than 0.3 seconds"),
        ("{{ 'a' * 10**10 }}", "takes more memory than it may"),
        ("{{ [0] * 10**10 }}", "takes more memory than it may"),
        ("{{ '%9999999999d' % 1 }}", "takes more memory than it may"),
        ("{% set x = ['a' * 10**7] %}{% for i in range(99) %}{% set x = x + x %}{% endfor %}", "no"),
        ("{{ 9 ** (9 ** 9) }}", "this number is too large"),
        ("{{ range(10**9) | sum }}", "a range or number is too large"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "a macro calls itself too often"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "nested too deeply"),
        ("{% if 1 %}" * 3000 + "{% endif %}" * 3000, "nested too deeply"),
        ("{% for i in range(9999) %}{{ 'a' * 9999 }}{% endfor %}", "longer than 1,000,000 characters"),
    ],
)
def test_whatever_takes_too_much_is_a_fault_and_others_go_on(renderer: Renderer, words: str, said: str) -> None:
    began = time.monotonic()
    one, bad, other = renderer.render(
        [request(FINE, own_text="a"), request(wording(words), own_text="x"), request(FINE, own_text="b")]
    )
    assert (one, other) == (Rendered("", "Hi a", None), Rendered("", "Hi b", None))
    assert isinstance(bad, RenderFault)
    assert said in bad.reason or said == "no"
    assert time.monotonic() - began < 15


def test_what_hangs_without_working_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(LIMITS, seconds=1_000, wall_seconds=1)
    with Renderer("Europe/Berlin", "EUR", limits) as renderer:
        bad, other = renderer.render([request(wording(ENDLESS)), request(FINE, own_text="b")])
    assert bad == RenderFault("the message: it takes longer than 1 seconds")
    assert other == Rendered("", "Hi b", None)


def test_words_that_used_up_their_time_are_not_tried_for_everybody(renderer: Renderer) -> None:
    began = time.monotonic()
    answers = renderer.render([request(wording(ENDLESS)), request(FINE, own_text="x")] * 500)
    assert time.monotonic() - began < 20
    assert sum(isinstance(answer, Rendered) for answer in answers) == 500
    assert "not tried again" in str(answers[-2])


def test_a_process_that_was_ended_from_outside_is_replaced(renderer: Renderer) -> None:
    renderer.render([request(FINE, own_text="a")])
    assert renderer._child is not None
    renderer._child._process.kill()
    answers = renderer.render([request(FINE, own_text="a")] * 3)
    assert answers[1:] == [Rendered("", "Hi a", None)] * 2


def test_many_wordings_and_messages_keep_their_order(renderer: Renderer) -> None:
    words = [wording(f"{number} {{{{ own_text }}}}") for number in range(120)]
    answers = renderer.render([request(words[number % 120], own_text=str(number)) for number in range(700)])
    assert [answer.text for answer in answers if isinstance(answer, Rendered)] == [
        f"{number % 120} {number}" for number in range(700)
    ]
    assert renderer.render([]) == []


def test_the_process_knows_no_secret_of_this_one(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_STORE_URL", "postgresql://secret")
    renderer.render([request(FINE, own_text="a")])
    assert renderer._child is not None
    assert b"secret" not in Path(f"/proc/{renderer._child._process.pid}/environ").read_bytes()


def test_a_closed_renderer_leaves_no_process(renderer: Renderer) -> None:
    renderer.render([request(FINE, own_text="a")])
    assert renderer._child is not None
    process = renderer._child._process
    renderer.close()
    assert process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_a_process_that_can_not_start_is_told(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(TryAgain, match="could not be started"):
        renderer.render([request(FINE)])


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__ }}", "{{ customer.__class__ }}", "{{ customer._values }}", "{{ own_text.__init__ }}",
        "{{ range.__globals__ }}", "{{ loop.__class__ }}", "{{ '{0.__class__}'.format(own_text) }}",
        "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}",
        "{% block x %}{% endblock %}", "{% autoescape false %}{% endautoescape %}", "{{ own_text | safe }}",
        "{{ own_text | attr('x') }}", "{{ self }}", "{{ lipsum() }}", "{{ cycler() }}", "{{ dict() }}",
        "{{ customer.tags.append(1) }}", "{{ own_text | shown | xmlattr }}", "{{ today.replace.__self__ }}",
        "{% for a in [1] %}{{ loop.__init__ }}{% endfor %}", "{{ namespace.__init__ }}", "{{ ().__class__ }}",
        "{{ (1).real }}", "{{ [1].count(1) }}", "{{ range(3).stop }}",
    ],
)  # fmt: skip
def test_nothing_leads_out_of_the_sandbox(renderer: Renderer, words: str) -> None:
    (answer,) = renderer.render([request(wording(words), own_text="x", customer={"tags": ["a"]})])
    assert isinstance(answer, RenderFault)
    assert "<class" not in answer.reason
