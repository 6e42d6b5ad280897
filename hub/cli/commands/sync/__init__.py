"""``hub sync``: one file per theme; here, which commands there are."""

from hub.cli.commands.sync.changing import change
from hub.cli.commands.sync.ending import empty, remove, start_over
from hub.cli.commands.sync.making import create
from hub.cli.commands.sync.previewing import preview
from hub.cli.commands.sync.running import cancel, pause, resume, run
from hub.cli.commands.sync.watching import history, list_syncs, show_sync
from hub.cli.program import HubCommand, new_app

app = new_app("Keep segments true on other platforms.")

app.command("create", cls=HubCommand)(create)
app.command("change", cls=HubCommand)(change)
app.command("list", cls=HubCommand)(list_syncs)
app.command("show", cls=HubCommand)(show_sync)
app.command("preview", cls=HubCommand)(preview)
app.command("run", cls=HubCommand)(run)
app.command("history", cls=HubCommand)(history)
app.command("pause", cls=HubCommand)(pause)
app.command("resume", cls=HubCommand)(resume)
app.command("cancel", cls=HubCommand)(cancel)
app.command("empty", cls=HubCommand)(empty)
app.command("start-over", cls=HubCommand)(start_over)
app.command("remove", cls=HubCommand)(remove)
