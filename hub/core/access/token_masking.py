"""Keeps the tokens in customers' addresses out of logs: whoever knows one can act for a customer."""

import re

_HIDDEN = r"\1***"
# A path as a request names it, whatever of it is escaped, and what else has the form of a token (see Signatures).
_SLASH = "(?:/|%2f)+"


def _escapable(word: str) -> str:
    return "".join(f"(?:{letter}|%{ord(letter):x}|%{ord(letter.upper()):x})" for letter in word)


_WORDS = "|".join(_escapable(word) for word in ("u", "l", "o", "confirm"))
_ADDRESS = re.compile(rf"(?i)((?<!/v1){_SLASH}(?:{_WORDS}){_SLASH})[^\s\"']+")
_LIKE_TOKEN = re.compile(r"()(?<![\w.-])[0-9a-z]+(?:-[0-9a-z]+)*\.[\w-]{27}(?![\w-])", re.ASCII)


def without_tokens(text: str) -> str:
    """A text for a log, in which nothing is left of customers' addresses but that they are some."""
    return _LIKE_TOKEN.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, text))
