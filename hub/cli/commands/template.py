"""``hub template``: what messages say, checked and previewed before anybody gets it."""

from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel
from hub.cli.opening import opened
from hub.cli.output import safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Write what messages say, with places for the customer's data.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the template.", show_default=False)]
Channel = Annotated[
    Any,
    typer.Option(
        parser=consent_channel,
        metavar="CHANNEL",
        help="Where its messages go: email, sms, phone, messenger or viber.",
    ),
]
Language = Annotated[str, typer.Option(help="Language of the words, such as de or de-AT.")]


@app.command("create", cls=HubCommand)
def create(context: typer.Context, name: Name) -> None:
    """Make a template. It says nothing until words are set."""
    with opened(context) as hub:
        template = hub.templates.create(name)
        said = f"Made the template {safe(template.name)!r}; `hub template set` puts words in it."
        show(context, {"name": template.name}, said)


@app.command("list", cls=HubCommand)
def list_templates(context: typer.Context) -> None:
    """List the templates with what they have words for."""
    from hub.cli.templates import state_data, words_for

    with opened(context) as hub:
        found = hub.templates.all()
        rows = [(one.template.name, words_for(one.wordings)) for one in found]
        show(context, [state_data(one) for one in found], table(("name", "words for"), rows))


@app.command("show", cls=HubCommand)
def show_template(context: typer.Context, name: Name) -> None:
    """Show all words of a template."""
    from hub.cli.templates import contents_data, contents_text

    with opened(context) as hub:
        template = hub.templates.named(name)
        contents = hub.templates.contents(template)
        show(context, contents_data(template.name, contents), contents_text(template.name, contents))


@app.command("rename", cls=HubCommand)
def rename(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW_NAME", help="Its new name.", show_default=False)],
) -> None:
    """Call a template otherwise."""
    with opened(context) as hub:
        template = hub.templates.rename(hub.templates.named(name), new_name)
        show(context, {"name": template.name}, f"It is called {safe(template.name)!r} now.")


@app.command("set", cls=HubCommand)
def set_words(
    context: typer.Context,
    name: Name,
    channel: Channel,
    language: Language = "",
    subject: Annotated[str, typer.Option(help="The subject, on email.")] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="Plain text; @FILE reads it from a file.")] = "",
    html: Annotated[
        str, typer.Option(metavar="HTML", help="MJML or HTML, on email; @FILE reads it from a file.")
    ] = "",
) -> None:
    """Set a template's words on a channel in a language, in the place of those before."""
    from hub.cli.templates import findings_text, wording_of

    with opened(context) as hub:
        template = hub.templates.named(name)
        wording = hub.templates.set_wording(template, wording_of(channel, language, subject, text, html))
        words = (channel, wording.language)
        found = [one for one in hub.templates.check(template) if (one.channel, one.language) == words]
        data = {
            "name": template.name,
            "channel": channel.value,
            "language": wording.language,
            "findings": [str(one) for one in found],
        }
        said = f"Set {wording.name} of {safe(template.name)!r}."
        show(context, data, f"{said}\n{findings_text(found)}" if found else said)


@app.command("unset", cls=HubCommand)
def unset_words(context: typer.Context, name: Name, channel: Channel, language: Language = "") -> None:
    """Take a template's words on a channel in a language out of it."""
    with opened(context) as hub:
        template = hub.templates.named(name)
        hub.templates.remove_wording(template, channel, language)
        data = {"name": template.name, "channel": channel.value, "language": language}
        show(context, data, f"Took the words out of {safe(template.name)!r}.")


@app.command("check", cls=HubCommand)
def check(context: typer.Context, name: Name) -> None:
    """Find what would keep messages from being sent: mistakes, and values that some customers lack."""
    from hub.cli.templates import finding_data, findings_text

    with opened(context) as hub:
        found = hub.templates.check(hub.templates.named(name))
        text = findings_text(found) if found else "Nothing was found: it can be sent to everybody."
        show(context, [finding_data(one) for one in found], text)


@app.command("preview", cls=HubCommand)
def preview(
    context: typer.Context,
    name: Name,
    channel: Channel,
    customer: Annotated[
        int | None, typer.Option(min=1, help="The customer's number; somebody invented if not said.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Show the words for this language.")] = None,
    own_text: Annotated[str, typer.Option(help="The newsletter's own text; an invented one if not said.")] = "",
    html: Annotated[bool, typer.Option("--html", help="Show the HTML and not the text.")] = False,
) -> None:
    """Show a template as a customer gets it. Nothing is sent."""
    from hub.cli.templates import preview_data, preview_text

    with opened(context) as hub:
        extra: dict[str, object] = {"own_text": own_text} if own_text else {}
        found = hub.templates.preview(hub.templates.named(name), channel, customer, language, extra)
        show(context, preview_data(found), preview_text(found, html=html))


@app.command("remove", cls=HubCommand)
def remove(context: typer.Context, name: Name) -> None:
    """Forget a template that no newsletter uses or was sent with."""
    with opened(context) as hub:
        template = hub.templates.named(name)
        hub.templates.remove(template)
        show(context, {"name": template.name, "removed": True}, f"Removed the template {safe(template.name)!r}.")
