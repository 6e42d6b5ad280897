"""Dates and times in the ways people write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import InputError, SettingsError

Read = Callable[..., Any]


def _events(*texts: str) -> str:
    return "id|starts_at\n" + "".join(f"{n}|{text}\n" for n, text in enumerate(texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-07-01", "2024-06-30T22:00"),
        ("2024-07-01 19:30", "2024-07-01T17:30"),
        ("2024-07-01 19:30:15", "2024-07-01T17:30:15"),
        ("2024-07-01T19:30:15", "2024-07-01T17:30:15"),
        ("2024-07-01T19:30:15.25", "2024-07-01T17:30:15.250000"),
        ("2024-07-01T19:30:15Z", "2024-07-01T19:30:15"),
        ("2024-07-01T19:30Z", "2024-07-01T19:30"),
        ("2024-07-01T19:30+02:00", "2024-07-01T17:30"),
        ("2024-07-01 19:30:15-0500", "2024-07-02T00:30:15"),
        ("2024-07-01T19:30+02", "2024-07-01T17:30"),
        ("31.12.2024", "2024-12-30T23:00"),
        ("1.2.2024", "2024-01-31T23:00"),
        ("31.12.2024 19:30", "2024-12-31T18:30"),
        ("31.12.2024 19:30:05", "2024-12-31T18:30:05"),
        ("31/12/2024", "2024-12-30T23:00"),
        ("12/31/2024", "2024-12-30T23:00"),
        ("12/31/2024 19:30", "2024-12-31T18:30"),
        ("20241231", "2024-12-30T23:00"),
        ("05/05/2024", "2024-05-04T22:00"),
    ],
)
def test_forms_of_a_time(read: Read, text: str, expected: str) -> None:
    result = read(_events(text), "events")
    assert result.rejected == []
    assert result.column("events", "starts_at") == [datetime.fromisoformat(expected).replace(tzinfo=UTC)]


def test_several_forms_in_one_column(read: Read) -> None:
    texts = ["2024-07-01"] * 1500 + ["01.07.2024", "20240701", "2024-06-30T22:00:00Z", ""]
    values = read(_events(*texts), "events").column("events", "starts_at")
    assert set(values[:-1]) == {datetime(2024, 6, 30, 22, tzinfo=UTC)}
    assert values[-1] is None


def test_one_date_in_the_whole_column_tells_day_from_month(read: Read) -> None:
    result = read(_events(*["03/04/2024"] * 3000, "13/04/2024"), "events")
    assert result.column("events", "starts_at")[0] == datetime(2024, 4, 2, 22, tzinfo=UTC)
    result = read(_events(*["03/04/2024"] * 3000, "04/13/2024"), "events")
    assert result.column("events", "starts_at")[0] == datetime(2024, 3, 3, 23, tzinfo=UTC)


def test_an_ambiguous_column_is_refused_until_told(read: Read) -> None:
    with pytest.raises(InputError, match="set date_format"):
        read(_events("03/04/2024", "05/06/2024"), "events")
    result = read(_events("03/04/2024", "05/06/2024"), "events", date_format="%m/%d/%Y")
    assert result.column("events", "starts_at")[0] == datetime(2024, 3, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["dd.mm.yyyy", "%d.%m.", "%Q", "%"])
def test_a_date_format_that_is_none_is_refused(read: Read, wrong: str) -> None:
    with pytest.raises(SettingsError, match="date_format"):
        read(_events("01.02.2024"), "events", date_format=wrong)


def test_a_given_format_rejects_other_forms(read: Read) -> None:
    result = read(_events("24/12/31", "2024-12-31", "x"), "events", date_format="%y/%m/%d")
    assert result.column("events", "starts_at") == [datetime(2024, 12, 30, 23, tzinfo=UTC)]
    assert "24/12/31" in result.reasons[3]


@pytest.mark.parametrize(
    "text", ["1997-02-30", "30.02.1997", "19970230", "1997-01-01 25:00", "2023-02-29T10:00:00Z"]
)
def test_a_day_that_does_not_exist_rejects_its_row(read: Read, text: str) -> None:
    good = "28.02.1997" if "." in text else text.replace("30", "28").replace("29T", "28T").replace("25:", "20:")
    result = read(_events(text, good), "events")
    assert len(result.rows["events"]) == 1
    assert f"{text!r} does not exist" in result.reasons[2]
    assert result.rejected[0].field == "starts_at"


@pytest.mark.parametrize(
    "text", ["soon", "2024", "0024-01-01", "12024-01-01", "infinity", "epoch", "2024-01-01 (BC)"]
)
def test_what_is_no_date_rejects_its_row(read: Read, text: str) -> None:
    result = read(_events("2024-01-01", text), "events")
    assert len(result.rows["events"]) == 1
    assert "is not a date such as 2024-12-31" in result.reasons[3]


def test_days_of_birth(read: Read) -> None:
    body = "id,born_on\n1,1980-05-06\n2,06.05.1980\n3,1980-05-06 00:00:00\n4,1980-05-05T23:30:00Z\n5,\n"
    assert read(body).column("customers", "born_on") == [date(1980, 5, 6)] * 4 + [None]


def _time(*parts: int) -> datetime:
    """A local time, as a file has it: without its zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # that is the point


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.datetimes(_time(1950, 1, 1), _time(2060, 1, 1)), min_size=1, max_size=20))
def test_local_times_are_those_of_the_time_zone(read: Read, times: list[datetime]) -> None:
    whole = [time.replace(microsecond=0) for time in times]
    # The hours around the changing of the clocks, where one is missing and one comes twice.
    whole += [_time(2024, 3, 31, hour, 30) for hour in (1, 3)]
    whole += [_time(2024, 10, 27, hour, 30) for hour in (1, 3)]
    result = read(_events(*(time.isoformat(" ") for time in whole)), "events")
    zone = ZoneInfo("Europe/Berlin")
    skipped = [time for time in whole if not _is_plain(time, zone)]
    read_back = dict(zip(whole, result.column("events", "starts_at"), strict=True))
    for time in whole:
        if time not in skipped:
            assert read_back[time] == time.replace(tzinfo=zone).astimezone(UTC)


def _is_plain(time: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock showed this time exactly once."""
    both = {time.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return len(both) == 1
