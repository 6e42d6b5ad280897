"""Sends a newsletter while people watch how it goes."""

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress

import typer

from hub.cli.errors import ExitCode
from hub.cli.newsletters import as_data, counted
from hub.cli.options import options_of
from hub.cli.output import remark, safe, show
from hub.core.app import Hub
from hub.core.contracts.errors import HubError, InUse
from hub.core.messaging.newsletters.runner import BegunSending
from hub.core.store.tables import Newsletter, NewsletterStatus

_EVERY = 0.5
"""Seconds between two looks at a newsletter."""
_CODES = {
    NewsletterStatus.SENT: ExitCode.DONE,
    NewsletterStatus.SCHEDULED: ExitCode.TRY_AGAIN,
    NewsletterStatus.SENDING: ExitCode.TRY_AGAIN,
}


def send_to_its_end(context: typer.Context, hub: Hub, newsletter: Newsletter) -> None:
    """Send a newsletter as far as it can be sent now, tell how it stands, and end with the exit code of that.

    Ctrl-C stops it after the messages that are under way; it stays as being sent, and whoever finds it goes on.

    Raises:
        Exit: always.
    """
    try:
        begun = hub.newsletters.begin(newsletter)
    except InUse as error:
        data = as_data(hub, hub.newsletters.of_id(newsletter.id or 0))
        show(context, data, f"{safe(str(error))}; `hub newsletter show` tells how it goes")
        raise typer.Exit(ExitCode.DONE) from None
    try:
        ended = _finished(context, hub, begun)
    except KeyboardInterrupt:
        name = safe(newsletter.name)
        remark(context, f"Stopped. `hub serve`, or `hub newsletter send {name!r}`, goes on with the rest.")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    data = as_data(hub, ended)
    told = "; ".join(said for said in (counted(data), ended.message) if said)
    show(context, data, f"{ended.status}: {safe(told) or 'nobody was left to get it'}")
    raise typer.Exit(_CODES.get(NewsletterStatus(ended.status), ExitCode.FAILED))


def _finished(context: typer.Context, hub: Hub, begun: BegunSending) -> Newsletter:
    """Send in another thread: only so does Ctrl-C reach this one, and end it in good order."""
    line = _Line(watched=sys.stderr.isatty() and not options_of(context).as_json)
    with ThreadPoolExecutor(1, "newsletter") as thread:
        ended = thread.submit(hub.newsletters.finish, begun)
        try:
            while not _is_over(ended):
                line.follow(hub, begun.newsletter_id)
            return ended.result()
        except KeyboardInterrupt:
            hub.newsletters.let_go(begun)
            raise
        finally:
            line.clear()


def _is_over(ended: Future[Newsletter]) -> bool:
    with suppress(NotYet):
        ended.exception(_EVERY)
    return ended.done()


class _Line:
    """One line on standard error that follows a newsletter; nothing where nobody watches."""

    def __init__(self, *, watched: bool) -> None:
        self._watched = watched
        self._shown = 0

    def follow(self, hub: Hub, newsletter_id: int) -> None:
        """Tell how far it is."""
        if not self._watched:
            return
        with suppress(HubError):  # the store is busy; the next look will do
            (state,) = hub.newsletters.states([hub.newsletters.of_id(newsletter_id)])
            waiting = sum(state.counts.get(name, 0) for name in ("queued", "sending"))
            total = state.newsletter.recipients
            said = (
                f"{total - waiting:,} of {total:,} done" if state.newsletter.started_at else "choosing recipients"
            )
            typer.echo(f"\r{said.ljust(self._shown)}", nl=False, err=True)
            self._shown = max(self._shown, len(said))

    def clear(self) -> None:
        """Take the line away."""
        if self._watched:
            typer.echo(f"\r{' ' * self._shown}\r", nl=False, err=True)
