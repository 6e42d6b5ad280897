"""``hub segment``: one file per theme; here, which commands there are."""

from hub.cli.commands.segment.asking import count, dashboard, list_segments, show_segment, why
from hub.cli.commands.segment.changing import delete, edit, preview, remove, restore, uses
from hub.cli.commands.segment.history import changes, evaluate, history, sizes
from hub.cli.commands.segment.making import create
from hub.cli.commands.segment.manual import add, drop
from hub.cli.commands.segment.members import export, members
from hub.cli.commands.segment.tagging import tag, tags, untag
from hub.cli.program import HubCommand, new_app

app = new_app("Make, change, count, explain, export and watch segments.")

app.command("create", cls=HubCommand)(create)
app.command("list", cls=HubCommand)(list_segments)
app.command("show", cls=HubCommand)(show_segment)
app.command("count", cls=HubCommand)(count)
app.command("dashboard", cls=HubCommand)(dashboard)
app.command("why", cls=HubCommand)(why)
app.command("members", cls=HubCommand)(members)
app.command("export", cls=HubCommand)(export)
app.command("preview", cls=HubCommand)(preview)
app.command("edit", cls=HubCommand)(edit)
app.command("uses", cls=HubCommand)(uses)
app.command("add", cls=HubCommand)(add)
app.command("drop", cls=HubCommand)(drop)
app.command("tag", cls=HubCommand)(tag)
app.command("untag", cls=HubCommand)(untag)
app.command("tags", cls=HubCommand)(tags)
app.command("evaluate", cls=HubCommand)(evaluate)
app.command("history", cls=HubCommand)(history)
app.command("sizes", cls=HubCommand)(sizes)
app.command("changes", cls=HubCommand)(changes)
app.command("remove", cls=HubCommand)(remove)
app.command("restore", cls=HubCommand)(restore)
app.command("delete", cls=HubCommand)(delete)
