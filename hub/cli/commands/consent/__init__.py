"""``hub consent``: one file per theme; here, which commands there are."""

from hub.cli.commands.consent.proving import proof, requests
from hub.cli.commands.consent.recording import capture, withdraw
from hub.cli.commands.consent.texts import list_texts, publish, show_text
from hub.cli.program import HubCommand, new_app

app = new_app("Ask customers for consent, record what they say, and prove it.")
texts = new_app("The words that customers agree to, each change of them another version.")

texts.command("publish", cls=HubCommand)(publish)
texts.command("list", cls=HubCommand)(list_texts)
texts.command("show", cls=HubCommand)(show_text)
app.add_typer(texts, name="text")
app.command("capture", cls=HubCommand)(capture)
app.command("withdraw", cls=HubCommand)(withdraw)
app.command("proof", cls=HubCommand)(proof)
app.command("requests", cls=HubCommand)(requests)
