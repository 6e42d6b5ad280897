"""What both mail servers have in common: whose certificates are trusted, how answers and faults are told."""

import ssl
from pathlib import Path

from hub import SettingsError

_LONGEST_QUOTE = 200


def trust(ca_file: Path | None, folder: Path) -> ssl.SSLContext:
    """What is needed to trust a server.

    Args:
        ca_file: PEM file with the authority that signed its certificate; None: one that everybody trusts.
        folder: where a relative path starts.

    Raises:
        SettingsError: the file can't be read.
    """
    if ca_file is None:
        return ssl.create_default_context()
    path = folder / ca_file
    try:
        return ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        wrong = "holds no certificate in PEM form"
    except OSError as error:
        wrong = f"can't be read: {error.strerror}"
    raise SettingsError(f"ca_file {path} {wrong}")


def quoted(reply: str) -> str:
    """A server's answer as it may be shown: one line, not too long."""
    text = " ".join(reply.split())
    return "".join(character for character in text if character.isprintable())[:_LONGEST_QUOTE].strip()


def fault(error: OSError) -> str:
    """What went wrong with a connection, without an error number."""
    return error.strerror or str(error) or type(error).__name__
