"""A mail server that takes everything: ``python -m bench.mail_sink [FILE]``.

It prints its port, and for each line on standard input how many messages it has taken. With a file it keeps them.
It does as little as SMTP (RFC 5321) lets it, so that what is measured is who sends.
"""

import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

_SIZE = 10_000_000
"""Bytes of the largest message, as it says itself."""


@dataclass(frozen=True)
class Sink:
    """A mail server in another process."""

    port: int
    process: subprocess.Popen[str]

    def taken(self) -> int:
        """How many messages it has taken."""
        asked, told = self.process.stdin, self.process.stdout
        assert asked is not None
        assert told is not None
        asked.write("\n")
        asked.flush()
        return int(told.readline())


@dataclass(frozen=True)
class Mail:
    """A message as it was taken."""

    sender: str
    recipient: str
    content: bytes


@contextmanager
def mail_sink(keep: Path | None = None) -> Iterator[Sink]:
    """Run a mail server.

    Args:
        keep: where it writes what it takes; None: nowhere.
    """
    command = [sys.executable, "-m", "bench.mail_sink", *([str(keep)] if keep else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield Sink(int(running.stdout.readline()), running)
        finally:
            running.terminate()


def kept(file: Path) -> list[Mail]:
    """What a mail server wrote; it must have ended, or have said how many messages it has taken."""
    found: list[Mail] = []
    with file.open("rb") as opened:
        while opened.peek(1):
            found.append(Mail(*pickle.load(opened)))
    return found


class _Server:
    def __init__(self, keep: BinaryIO) -> None:
        self._keep = None if keep.name == os.devnull else keep
        self._lock = threading.Lock()
        self._taken = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def listen(self) -> None:
        """Serve every connection with a thread."""
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def taken(self) -> int:
        """How many messages were taken; the file holds all of them."""
        with self._lock:
            if self._keep:
                self._keep.flush()
            return self._taken

    def _serve(self, connection: socket.socket) -> None:
        sender = recipient = ""
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 sink\r\n")
            for line in lines:
                answer = b"250 yes"
                match line[:4].upper():
                    case b"EHLO":
                        answer = b"250-sink\r\n250-8BITMIME\r\n250 SIZE %d" % _SIZE
                    case b"MAIL":
                        sender = _path(line)
                    case b"RCPT":
                        recipient = _path(line)
                    case b"DATA":
                        connection.sendall(b"354 go on\r\n")
                        self._take(sender, recipient, lines)
                    case b"QUIT":
                        connection.sendall(b"221 farewell\r\n")
                        return
                connection.sendall(answer + b"\r\n")

    def _take(self, sender: str, recipient: str, lines: IO[bytes]) -> None:
        content = []
        for line in lines:
            if line == b".\r\n":
                break
            content.append(line)
        with self._lock:
            self._taken += 1
            if self._keep:
                whole = b"".join(line.removeprefix(b".") for line in content)
                pickle.dump((sender, recipient, whole), self._keep)


def _path(line: bytes) -> str:
    """The address between the angle brackets."""
    return line.partition(b"<")[2].partition(b">")[0].decode()


def main() -> None:
    """Serve until standard input ends."""
    with Path(sys.argv[1] if len(sys.argv) > 1 else os.devnull).open("wb") as keep:
        server = _Server(keep)
        threading.Thread(target=server.listen, daemon=True).start()
        print(server.port, flush=True)
        for _ in sys.stdin:
            print(server.taken(), flush=True)


if __name__ == "__main__":
    main()
