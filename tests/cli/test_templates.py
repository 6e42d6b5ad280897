"""``hub template``: from its making to its end, and what is told of mistakes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def template(run: Run, home: Path) -> None:
    run("template", "create", "Monthly")


@pytest.mark.usefixtures("template")
def test_a_template_from_its_making_to_its_end(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "monthly.mjml"
    file.write_text(
        "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ customer.first_name }}</mj-text></mj-column>"
        "</mj-section></mj-body></mjml>"
    )
    email = ("--channel", "email", "--language", "de")
    said = run("template", "set", "Monthly", *email, "--subject", "News", "--html", f"@{file}").out
    assert said.startswith(
        "Set the wording for email in 'de' of 'Monthly'.\nemail, de, html, line 1: `customer.first"
    )
    run(
        "template",
        "set",
        "Monthly",
        "--channel",
        "sms",
        "--text",
        "Hi {{ customer.first_name | otherwise('you') }}",
    )
    assert run("template", "list").out.splitlines()[1] == "Monthly  email (de), sms"
    (listed,) = run("template", "list", "--json").data
    assert listed["wordings"] == [{"channel": "email", "language": "de"}, {"channel": "sms", "language": ""}]
    assert "sms, text:\nHi {{ customer" in run("template", "show", "Monthly").out
    assert [one["word"] for one in run("template", "check", "Monthly", "--json").data] == ["customer.first_name"]
    assert run("template", "preview", "monthly", "--channel", "sms").out == "Hi Ada\n"
    assert run("template", "preview", "Monthly", "--channel", "email", "--customer", "2").out == (
        "Subject: News\n\nHi Ben\n"
    )
    assert "Hi Ben</div>" in run("template", "preview", "Monthly", *email, "--customer", "2", "--html").out
    shown = run("template", "preview", "Monthly", "--channel", "sms", "--json").data
    assert (shown["text"], shown["html"], shown["fault"], shown["measure"]) == ("Hi Ada", None, None, None)
    run("template", "unset", "Monthly", *email)
    assert run("template", "check", "Monthly").out == "Nothing was found: it can be sent to everybody.\n"
    assert run("template", "rename", "Monthly", "Weekly").out == "It is called 'Weekly' now.\n"
    assert run("template", "remove", "Weekly").out == "Removed the template 'Weekly'.\n"
    assert run("template", "list").out == "There are none.\n"


@pytest.mark.usefixtures("template")
def test_what_can_not_be_is_told(run: Run, tmp_path: Path) -> None:
    sms = ("template", "set", "Monthly", "--channel", "sms")
    assert "line 1 of the text: customer has no 'fist'" in run(*sms, "--text", "{{ customer.fist }}", code=1).err
    assert run(*sms, "--text", "{{ x }}", "--json", code=1).error["type"] == "DefinitionError"
    assert "has no text; write one" in run(*sms, code=1).err
    assert "can't be read" in run(*sms, "--text", f"@{tmp_path}/none", code=1).err
    assert "pigeon" in run("template", "set", "Monthly", "--channel", "pigeon", code=2).err
    assert "says nothing yet" in run("template", "show", "Monthly").out
    assert "no wording for sms" in run("template", "preview", "Monthly", "--channel", "sms", code=1).err
    run(*sms, "--text", "{{ customer.city }}")
    missing = run("template", "preview", "Monthly", "--channel", "sms", "--customer", "77", code=1)
    assert "no customer 77" in missing.err
    assert "no HTML" in run("template", "preview", "Monthly", "--channel", "sms", "--html", code=1).err
    assert "`hub template list`" in run("template", "check", "gone", code=1).err
