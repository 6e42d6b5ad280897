"""``hub message``: write to single customers, see what became of it, and the rules of how often."""

from typing import Annotated, Any

import typer

from hub.cli.choices import consent_channel
from hub.cli.commands.rules import rules, set_rules
from hub.cli.opening import opened
from hub.cli.output import remark, safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("Write to single customers, and see what became of messages.")

Customer = Annotated[
    int, typer.Argument(min=1, metavar="CUSTOMER", help="The customer's number.", show_default=False)
]


@app.command("send", cls=HubCommand)
def send(
    context: typer.Context,
    customer: Customer,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to write; @FILE reads it from a file.", show_default=False)
    ],
    channel: Annotated[
        Any,
        typer.Option(
            parser=consent_channel, metavar="CHANNEL", help="On which channel: email, sms, messenger or viber."
        ),
    ],
    subject: Annotated[str, typer.Option(help="The subject, on email.")] = "",
    permission: Annotated[
        str | None, typer.Option(help="What the customer must have agreed to, such as newsletter.")
    ] = None,
    without_consent: Annotated[
        bool, typer.Option("--without-consent", help="It is an answer or a notice that needs no consent.")
    ] = False,
    connection: Annotated[
        str | None, typer.Option(help="Name of the connection; the oldest on the channel if not said.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="Whoever asks twice with one key sends one message.")] = None,
) -> None:
    """Write to one customer. If the provider can't take it just now, it goes out soon."""
    from hub.cli.outbox import message_data
    from hub.cli.texts import text_of

    if (permission is None) is not without_consent:
        raise typer.BadParameter(
            "say either --permission, or --without-consent for what needs none",
            ctx=context,
            param_hint="--permission",
        )
    with opened(context) as hub:
        message = hub.single_messages.write(
            customer,
            channel,
            text_of(text),
            subject=subject,
            permission=permission,
            connection=connection,
            key=key,
        )
        why = f": {safe(message.reason)}" if message.reason else ""
        show(context, message_data(message), f"Message {message.id} is {message.status}{why}")


@app.command("list", cls=HubCommand)
def list_messages(
    context: typer.Context,
    customer: Customer,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 50,
    before: Annotated[
        int | None, typer.Option(min=1, metavar="ID", help="Those before this message, as the page before said.")
    ] = None,
) -> None:
    """List what a customer was sent, newsletters too, newest first."""
    from hub.cli.outbox import HEADINGS, message_data, rows_of

    with opened(context) as hub:
        found = hub.single_messages.of_customer(customer, before=before, limit=limit + 1)
        shown = found[:limit]
        rows = rows_of(shown, hub.organisation.time_zone)
        show(context, [message_data(one) for one in shown], table(HEADINGS, rows))
        if len(found) > limit:
            remark(context, f"There are more; go on with --before {shown[-1].id}")


@app.command("show", cls=HubCommand)
def show_message(
    context: typer.Context,
    message_id: Annotated[int, typer.Argument(min=1, metavar="ID", help="Id of the message.", show_default=False)],
) -> None:
    """Show a message, of a newsletter or not, with all that became known of it."""
    from hub.cli.outbox import event_data, events_text, lines_of, message_data

    with opened(context) as hub:
        message = hub.single_messages.of_id(message_id)
        words, events = hub.single_messages.words(message), hub.fates.events_of(message_id)
        zone = hub.organisation.time_zone
        told = [f"{label + ':':13}{safe(said)}" for label, said in lines_of(message, words, zone) if said]
        data = {
            **message_data(message),
            "permission": words.permission if words else None,
            "subject": words.subject if words else None,
            "text": words.text if words else None,
            "events": [event_data(one) for one in events],
        }
        show(context, data, "\n".join([*told, *(["", events_text(events, zone)] if events else [])]))


app.command("rules", cls=HubCommand)(rules)
app.command("set-rules", cls=HubCommand)(set_rules)
