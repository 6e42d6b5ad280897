"""Secrets of feeds' addresses: made once, shown once, kept as digests, and kept out of logs."""

import hashlib
import re
import secrets

PATH = "/feeds/"
"""How the path of every feed's address begins."""

_BYTES = 32
_HIDDEN = r"\1***"
# A path below this one as a request names it, whatever of it is escaped, and what else has the form of a secret.
_SLASH = "(?:/|%2f)+"
_WORD = "".join(f"(?:{letter}|%{ord(letter):x}|%{ord(letter.upper()):x})" for letter in "feeds")
_ADDRESS = re.compile(rf"(?i)((?<!/v1){_SLASH}{_WORD}{_SLASH})[^\s\"']+")
_LIKE_SECRET = re.compile(r"()(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}))[\w-]{43}(?![\w-])", re.ASCII)


def new_secret() -> str:
    """A secret that nobody guesses: 256 random bits in 43 characters, fit for an address."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> str:
    """What is kept of a secret. Whatever was sent for one has a digest, too."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def without_secrets(text: str) -> str:
    """A text for a log, in which nothing is left of feeds' addresses but that they are some."""
    return _LIKE_SECRET.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, text))
