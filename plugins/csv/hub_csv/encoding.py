"""Find out how a file's text is encoded, and turn it into UTF-8 as a stream."""

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from hub import InputError, SettingsError

REPLACED = "\ufffd".encode()
"""What stands in a transcoded file where bytes made no sense in its encoding."""

_BLOCK = 1 << 20
_SAMPLE = 1 << 18
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]
_OTHER = ["cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"]
_LATIN_SHARE = 0.4
"""A Latin text has no more letters beyond ASCII than this; a text in another script hardly any within."""


def check_file(path: Path) -> None:
    """Make sure that a path is a file that can be read and has something in it.

    Raises:
        InputError: it is not; the sentence says what it is instead.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: give the path of a CSV file")
        if not path.exists():
            raise InputError(f"there is no file {path}")
        if not path.is_file():
            raise InputError(f"{path} is not a regular file")
        with path.open("rb") as file:
            first = file.read(4)
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    if not first or first == codecs.BOM_UTF8:
        raise InputError(f"{path} is empty: the first line must hold the names of the columns")


def check_encoding(encoding: str) -> str:
    """Return the encoding's proper name.

    Raises:
        SettingsError: no text encoding has that name.
    """
    try:
        b"".decode(encoding)  # refuses what is no text encoding, such as base64
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise SettingsError(f"encoding: there is no text encoding {encoding!r}; try utf-8 or cp1252") from error


def find_encoding(path: Path) -> str:
    """Find out a file's encoding: its byte order mark, UTF-8 if it is, else the likeliest."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        for mark, encoding in _BYTE_ORDER_MARKS:
            if sample.startswith(mark):
                return encoding
        if b"\0" in sample and (wide := _utf_16_without_mark(sample)):
            return wide
        while sample.isascii():
            if not (sample := file.read(_BLOCK)):
                return "utf-8"
            sample += file.readline(_BLOCK)
    return _of_sample(sample)


def _utf_16_without_mark(sample: bytes) -> str:
    """UTF-16 gives itself away: every second byte of a text of Latin letters and digits is zero."""
    pairs = max(len(sample) // 2, 1)
    for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = sample[offset::2].count(0), sample[1 - offset :: 2].count(0)
        if zeros > 0.4 * pairs and others < 0.05 * pairs:
            return encoding
    return ""


def _of_sample(sample: bytes) -> str:
    lines = [line for line in sample.split(b"\n")[:-1] or [sample] if not line.isascii()]
    valid = sum(map(_is_utf_8, lines))
    # A text in another encoding is hardly ever valid UTF-8: a few bad lines are damage, not a sign.
    if 2 * valid >= len(lines):
        return "utf-8"
    return _likeliest(b"\n".join(lines[:2000]))


def _likeliest(text: bytes) -> str:
    """The likeliest encoding of a text that is not Unicode; of several alike, the commonest."""
    beyond = sum(byte >= 128 for byte in text)
    within = sum(letter.isalpha() for letter in text.decode("ascii", "ignore"))
    latin = beyond <= _LATIN_SHARE * (beyond + within)
    matches = from_bytes(text, cp_isolation=_LATIN if latin else _OTHER)
    best = matches.best()
    if best is None:
        return "cp1252"
    equal = [match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    if any("cp1252" in match.could_be_from_charset for match in equal):
        return "cp1252"
    return check_encoding(best.encoding)


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_utf_8(encoding: str) -> bool:
    """Whether a file in this encoding can be read as it is."""
    return encoding in ("utf-8", "utf-8-sig", "ascii")


def transcode(path: Path, encoding: str, target: Path, most: int | None = None) -> None:
    """Write a file anew as UTF-8, line for line, with ``REPLACED`` for bytes that mean nothing.

    Args:
        path: the file.
        encoding: its encoding.
        target: the file to write.
        most: how many bytes to read at most; all if None.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as source, target.open("wb") as out:
        while block := source.read(_BLOCK):
            out.write(decoder.decode(block).encode("utf-8", "replace"))
            if most is not None and source.tell() >= most:
                break
        out.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
