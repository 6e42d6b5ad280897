"""Whatever Python's csv module writes is read back as it was."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import GUARDED

Read = Callable[..., Any]

_COLUMNS = ("id", "title", "description")
_CONTROL = "\0\ufffd"


def _text(encoding: str) -> st.SearchStrategy[str]:
    alphabet = (
        st.characters(codec="cp1252", exclude_characters=_CONTROL)
        if encoding == "cp1252"
        else st.characters(exclude_categories=["Cs"], exclude_characters=_CONTROL)
    )
    marks = st.sampled_from([",", ";", '"', "'", "\n", "\r", "\r\n", '""', "\t", "|"])
    return st.lists(st.one_of(alphabet, marks), max_size=12).map("".join)


@st.composite
def _files(draw: st.DrawFn) -> tuple[list[list[str]], bytes, dict[str, Any]]:
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    rows = draw(st.lists(st.lists(_text(encoding), min_size=2, max_size=2), max_size=12))
    delimiter, quote = draw(st.sampled_from(",;\t|")), draw(st.sampled_from("\"'"))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    if quoting == csv.QUOTE_MINIMAL and line_end == "\n":
        # Python 3.11 leaves such a field bare, so that the file says something else than was written.
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    numbered = [[str(n), *row] for n, row in enumerate(rows)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]  # typeshed wants a literal
    writer.writerow(_COLUMNS)
    writer.writerows(numbered)
    chosen = {"delimiter": delimiter, "quote": quote, "encoding": encoding}
    return numbered, out.getvalue().encode(encoding), chosen


def _as_stored(text: str) -> str | None:
    """A cell as the hub keeps it: no white space around, no guard against formulas, nothing where it is empty."""
    trimmed = text.strip(" \t")
    guarded = trimmed.startswith("'") and pc.match_substring_regex(pa.scalar(trimmed), GUARDED).as_py()
    return trimmed[1:] if guarded else trimmed or None


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_files())
def test_any_file_reads_back(read: Read, file: tuple[list[list[str]], bytes, dict[str, Any]]) -> None:
    rows, body, chosen = file
    result = read(body, "events", **chosen)
    assert result.rejected == []
    expected = [[_as_stored(cell) for cell in row] for row in rows]
    assert [[row[name] for name in _COLUMNS] for row in result.rows.get("events", [])] == expected
    lines = [row["line"] for row in result.rows.get("events", [])]
    assert lines == _lines(body.decode(chosen["encoding"]), chosen)


def _lines(text: str, chosen: dict[str, Any]) -> list[int]:
    """On which line each row begins, by counting line feeds within the quotes."""
    starts, line = [], 1
    quoted = False
    for index, sign in enumerate(text):
        if sign == chosen["quote"]:
            quoted = not quoted
        if sign == "\n":
            line += 1
            if not quoted and index + 1 < len(text):
                starts.append(line)
    return starts


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([b"a", b'"', b",", b"\n", b"\r\n", b"\0", b"\xff", b"\xc3\xbc", b"1,2,3\n"]), max_size=40
    )
)
def test_no_rubbish_stops_the_rest(read: Read, rubbish: list[bytes]) -> None:
    good = b"".join(b"%d,t,d\n" % n for n in range(100, 120))
    result = read(b"id,title,description\n" + b"".join(rubbish) + b"\n" + good, "events", encoding="utf-8")
    kept = result.column("events", "id")
    assert kept[-19:] == [str(n) for n in range(101, 120)]
    assert result.column("events", "line")[-1] == (b"".join(rubbish)).count(b"\n") + 22
