"""``hub newsletter``: one file per theme; here, which commands there are."""

from hub.cli.commands.newsletter.changing import change
from hub.cli.commands.newsletter.making import create, remove
from hub.cli.commands.newsletter.sending import resume, schedule, send
from hub.cli.commands.newsletter.stopping import cancel, pause, unschedule
from hub.cli.commands.newsletter.trying import check, estimate, preview, send_test
from hub.cli.commands.newsletter.watching import list_links, list_messages, list_newsletters, show_newsletter
from hub.cli.program import HubCommand, new_app

app = new_app("Send messages to many customers, and see what becomes of them.")

app.command("create", cls=HubCommand)(create)
app.command("change", cls=HubCommand)(change)
app.command("list", cls=HubCommand)(list_newsletters)
app.command("show", cls=HubCommand)(show_newsletter)
app.command("estimate", cls=HubCommand)(estimate)
app.command("check", cls=HubCommand)(check)
app.command("preview", cls=HubCommand)(preview)
app.command("test", cls=HubCommand)(send_test)
app.command("schedule", cls=HubCommand)(schedule)
app.command("unschedule", cls=HubCommand)(unschedule)
app.command("send", cls=HubCommand)(send)
app.command("pause", cls=HubCommand)(pause)
app.command("resume", cls=HubCommand)(resume)
app.command("cancel", cls=HubCommand)(cancel)
app.command("messages", cls=HubCommand)(list_messages)
app.command("links", cls=HubCommand)(list_links)
app.command("remove", cls=HubCommand)(remove)
