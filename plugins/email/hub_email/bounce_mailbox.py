"""The mailbox to which bounces and complaints come, read by IMAP (RFC 3501)."""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import CapabilityError, LoginError

from hub import NotAuthorised, SettingsError, TryAgain
from hub_email.reading import is_report
from hub_email.servers import fault, quoted, trust
from hub_email.settings import EmailSettings, Security

MOST = 5_000
"""Reports that are read at a time. The others are read the next time."""

_LOOKED_AT_ONCE = 500
_READ_AT_ONCE = 50
_LONGEST = 128 * 1024
"""Bytes of a mail that are read. Those that tell come first, and what follows is the message itself."""
_MOST_UNREADABLE = 10
"""Mails that the server may refuse to show. If there are more, something else is wrong."""
_TYPE = "BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)]"
_BEGINNING = f"BODY.PEEK[]<0.{_LONGEST}>"
_NOT_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)
"""RFC 5530: the server can't log anyone in just now."""


@dataclass(frozen=True)
class Received:
    """A mail in the mailbox."""

    uid: int
    at: datetime
    """When it came into the mailbox, in UTC; the same whenever it is asked for."""
    content: bytes
    """Its beginning."""


class BounceMailbox:
    """A folder of a mailbox, opened. Use it in a ``with`` statement."""

    def __init__(self, settings: EmailSettings, folder: Path) -> None:
        """Connect, protect the connection, log in, and open the folder.

        Raises:
            SettingsError: the server can't do what the settings ask, or has no such folder.
            NotAuthorised: it refuses the user name or password.
            TryAgain: it can't be reached.
        """
        self._settings = settings
        self._unreadable = 0
        self._place = f"the mailbox at {settings.mailbox_host}:{settings.mailbox_port}"
        # Below this level the library logs all that goes over the line, which is people's mail.
        logging.getLogger("imapclient").setLevel(logging.WARNING)
        trusted = trust(settings.ca_file, folder)
        with self._reaching():
            self._client = self._connect(trusted)
        try:
            with self._reaching():
                self._log_in(trusted)
            with self._talking():
                self._open()
        except BaseException:
            self._hang_up()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._client.logout()
        except (imaplib.IMAP4.error, OSError):
            self._hang_up()

    def check(self) -> None:
        """Look whether mails can be put away; the folder itself was found.

        Raises:
            SettingsError: there is no such folder, or the server can't move mails.
        """
        target = self._settings.mailbox_processed_folder
        if not target:
            return
        with self._talking():
            moves, exists = self._client.has_capability("MOVE"), self._client.folder_exists(target)
        if not moves:
            raise SettingsError(f"{self._place} can't move mails; leave mailbox_processed_folder empty")
        if not exists:
            raise SettingsError(
                f"{self._place} has no folder {target!r}; make it, or correct mailbox_processed_folder"
            )

    def reports(self) -> Iterator[Sequence[Received]]:
        """Yield mails that nobody has seen and that are reports by their type, some at a time, the newest first.

        Raises:
            TryAgain: the connection was lost, or the server can't answer just now.
        """
        with self._talking():
            unseen = sorted(self._client.search(["UNSEEN"]), reverse=True)
        found: list[int] = []
        for uids in _pieces(unseen, _LOOKED_AT_ONCE):
            looked_at = self._fetch(uids, _TYPE)
            found += [uid for uid in uids if uid in looked_at and is_report(_literal(looked_at[uid]))]
            if len(found) >= MOST:
                break
        for uids in _pieces(found[:MOST], _READ_AT_ONCE):
            mails = self._fetch(uids, "INTERNALDATE", _BEGINNING)
            times = {uid: _time(mail) for uid, mail in mails.items()}
            yield [Received(uid, at, _literal(mails[uid])) for uid, at in times.items() if at is not None]

    def put_away(self, mails: Sequence[Received]) -> None:
        """Mark mails as read, and move them if there is a folder for that.

        Raises:
            TryAgain: as ``reports``.
        """
        uids = [mail.uid for mail in mails]
        if not uids:
            return
        with self._talking():
            self._client.add_flags(uids, [SEEN], silent=True)
            if self._settings.mailbox_processed_folder:
                self._client.move(uids, self._settings.mailbox_processed_folder)

    def _connect(self, trusted: ssl.SSLContext) -> IMAPClient:
        settings = self._settings
        client = IMAPClient(
            settings.mailbox_host,
            settings.mailbox_port,
            ssl=settings.mailbox_security is Security.TLS,
            ssl_context=trusted,
            timeout=settings.timeout,
        )
        client.normalise_times = False  # or times would lose their zone
        return client

    def _log_in(self, trusted: ssl.SSLContext) -> None:
        settings = self._settings
        if settings.mailbox_security is Security.STARTTLS:
            self._client.starttls(trusted)
        self._client.login(settings.mailbox_username, settings.mailbox_password.get_secret_value())

    def _open(self) -> None:
        name = self._settings.mailbox_folder
        try:
            self._client.select_folder(name)
        except imaplib.IMAP4.readonly:
            raise SettingsError(
                f"{self._place} lets nobody mark mails in {name!r} as read; allow it, or correct mailbox_folder"
            ) from None
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise SettingsError(
                f"{self._place} has no folder {name!r}; make it, or correct mailbox_folder"
            ) from None

    def _fetch(self, uids: Sequence[int], *items: str) -> dict[int, dict[bytes, Any]]:
        """What was asked for of each mail; one that is gone, or that the server can't read, is left out."""
        with self._talking():
            try:
                answer: dict[int, dict[bytes, Any]] = self._client.fetch(uids, items)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:  # for one mail that is broken in its store, servers refuse all
                if len(uids) == 1:
                    self._unreadable += 1
                if self._unreadable > _MOST_UNREADABLE:
                    raise
                half = len(uids) // 2
                return {**self._fetch(uids[:half], *items), **self._fetch(uids[half:], *items)} if half else {}
        return {uid: mail for uid, mail in answer.items() if _literal(mail)}

    def _hang_up(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self._client.shutdown()

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say what it means when connecting or logging in fails."""
        try:
            yield
        except CapabilityError:
            raise SettingsError(
                f"{self._place} offers no STARTTLS; change the email's mailbox_security or mailbox_port"
            ) from None
        except LoginError as error:
            # The library makes no difference between a refusal and a line that broke.
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise TryAgain(f"{self._place} ended the conversation while logging in") from None
            if _NOT_NOW.search(str(error)):
                raise TryAgain(f"{self._place} can't log anyone in just now: {quoted(str(error))}") from None
            raise NotAuthorised(f"{self._place} refuses the user name or password: {quoted(str(error))}") from None
        except UnicodeEncodeError:
            raise SettingsError("the email's mailbox_username and mailbox_password must be plain ASCII") from None
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"{self._place} shows a certificate that is not trusted ({error.verify_message}); "
                "correct the mailbox_host, or set ca_file to the authority that signed it"
            ) from None
        except ssl.SSLError:
            raise SettingsError(
                f"{self._place} does not speak TLS that way; change the email's mailbox_security or mailbox_port"
            ) from None
        except imaplib.IMAP4.abort:
            raise TryAgain(f"{self._place} ended the conversation") from None
        except imaplib.IMAP4.error:
            raise SettingsError(
                f"{self._place} does not answer as an IMAP server does; correct mailbox_host, mailbox_port or "
                "mailbox_security"
            ) from None
        except OSError as error:
            raise TryAgain(f"{self._place} can't be reached: {fault(error)}") from None

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Say what it means when a command fails. The answer is not quoted: it may be somebody's mail."""
        try:
            yield
        except imaplib.IMAP4.abort:
            raise TryAgain(f"{self._place} ended the conversation") from None
        except imaplib.IMAP4.error:
            raise TryAgain(f"{self._place} can't do just now what it is asked") from None
        except OSError as error:
            raise TryAgain(f"{self._place} was lost: {fault(error)}") from None


def _pieces(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), size):
        yield uids[start : start + size]


def _literal(mail: dict[bytes, Any]) -> bytes:
    """The text in what was fetched of a mail, whatever the server calls it."""
    return next((value for name, value in mail.items() if name.startswith(b"BODY[") and value), b"")


def _time(mail: dict[bytes, Any]) -> datetime | None:
    """When a mail came; None if the server does not say."""
    at: datetime | None = mail.get(b"INTERNALDATE")
    return at.astimezone(UTC) if at is not None else None
