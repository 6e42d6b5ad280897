"""``hub import``: one file per theme; here, which commands there are."""

from hub.cli.commands.imports.bringing import import_csv, import_run
from hub.cli.commands.imports.scheduling import pause, resume, schedule
from hub.cli.commands.imports.watching import cancel, history, list_sources
from hub.cli.program import HubCommand, new_app

app = new_app("Bring customers and what they did into the hub.")

app.command("csv", cls=HubCommand)(import_csv)
app.command("run", cls=HubCommand)(import_run)
app.command("list", cls=HubCommand)(list_sources)
app.command("history", cls=HubCommand)(history)
app.command("schedule", cls=HubCommand)(schedule)
app.command("pause", cls=HubCommand)(pause)
app.command("resume", cls=HubCommand)(resume)
app.command("cancel", cls=HubCommand)(cancel)
