"""Invented records of every kind, with texts that files find hard."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from hub import (
    RECORDS,
    CartRecord,
    CompanyRecord,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomFieldType,
    CustomValueRecord,
    EventRecord,
    GroupRecord,
    IdentityRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    Record,
    SubscriptionRecord,
    TagRecord,
    VenueRecord,
)

RecordT = TypeVar("RecordT", bound=Record)

NASTY = (
    "=cmd|'/c calc'!A1", "+49 30 123", "-1", "@SUM(1)", "'=1", "''+1", "'", "''", "'quoted'", 'say "so"', '"',
    '""',
    ",", ";", "a,b;c\td|e", "two\nlines", "two\r\nlines", "a\rb", '",\n"', "','','','','','','','','','", "＝1",
    "\u200b=1", "NULL", "null", "nan", "007", "1e5", "true", "no", "0", "Zoë", "مرحبا", "李", "🎭", "e\u0301",
    "\\N",
    "\\", "#", "--", "2024-01-31", "1.234,50", "\x01", "a\x1fb", "�", "_x0041_", "<r>&amp;</r>",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6),
    st.text(st.sampled_from("=+-@'\",;\n\r\t a|"), min_size=1, max_size=5),
).filter(lambda text: bool(text.strip()))
"""Texts with something in them: none that is kept is only white space."""

SHORT = TEXTS.filter(lambda text: len(text) <= 20)
NUMBERS = st.integers(0, 3)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "CLF", None])
AMOUNTS = st.one_of(
    st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100), st.just(Decimal(99_999_999_999_999))
)
DEGREES = st.floats(-90, 90, allow_subnormal=False) | st.sampled_from([1e-7, -0.1, 52.0])


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Records of every kind about a few customers, all of which the hub takes."""
    ids: Sequence[str] = draw(st.lists(TEXTS, min_size=3, max_size=4, unique_by=str.strip))
    names = draw(st.lists(TEXTS, min_size=2, max_size=3, unique_by=str.strip))
    one, name = st.sampled_from(ids), st.sampled_from(names)

    def some(model: type[RecordT], count: int, **fields: st.SearchStrategy[Any]) -> list[RecordT]:
        made = draw(st.lists(st.fixed_dictionaries(fields), max_size=count))
        return [model(**each) for each in made]

    return [
        *some(CompanyRecord, 2, id=one, name=TEXTS, vat_number=maybe(TEXTS), city=maybe(TEXTS)),
        *some(
            CustomerRecord, 4, id=one, email=maybe(TEXTS), phone=maybe(TEXTS), title=maybe(TEXTS),
            first_name=maybe(TEXTS), last_name=maybe(TEXTS), gender=maybe(st.sampled_from(["female", "other"])),
            born_on=maybe(DAYS), registered_at=maybe(MOMENTS), account_kind=maybe(st.just("guest")),
            street=maybe(TEXTS), postcode=maybe(SHORT), city=maybe(TEXTS), region=maybe(TEXTS),
            country=maybe(st.sampled_from(["de", "DK"])), language=maybe(st.sampled_from(["de", "EN"])),
            latitude=maybe(DEGREES), longitude=maybe(DEGREES), company=maybe(one),
        ),
        *some(VenueRecord, 2, name=name, latitude=maybe(DEGREES), longitude=maybe(DEGREES)),
        *some(
            EventRecord, 2, id=one, title=maybe(TEXTS), starts_at=maybe(MOMENTS), category=maybe(TEXTS),
            production=maybe(TEXTS), venue=maybe(name), organiser=maybe(TEXTS), description=maybe(TEXTS),
        ),
        *some(ProductRecord, 2, id=one, name=maybe(TEXTS), category=maybe(TEXTS)),
        *(orders := some(
            OrderRecord, 4, id=one, customer=one, ordered_at=MOMENTS, total=AMOUNTS, currency=CURRENCIES,
            status=st.sampled_from(["paid", "refunded"]), sales_channel=maybe(st.just("box_office")),
        )),
        *(some(
            OrderLineRecord, 4, id=one, order=st.sampled_from([order.id for order in orders]), event=maybe(one),
            product=maybe(one), category=maybe(TEXTS), quantity=NUMBERS, total=maybe(AMOUNTS),
        ) if orders else []),
        *(some(
            CartRecord, 2, id=one, customer=one, changed_at=MOMENTS, total=AMOUNTS, currency=CURRENCIES,
            order=maybe(st.sampled_from([order.id for order in orders])),
        ) if orders else []),
        *some(SubscriptionRecord, 2, id=one, customer=one, name=TEXTS, starts_on=st.just(date(2024, 9, 1)),
              ends_on=maybe(st.sampled_from([date(2025, 6, 30), date(9999, 12, 31)]))),
        *some(ConsentRecord, 4, customer=one, permission=name, channel=st.sampled_from(list(ConsentChannel)),
              given=st.booleans(), at=MOMENTS, place=maybe(TEXTS)),
        *draw(st.lists(
            st.builds(IdentityRecord, customer=one, channel=st.just("viber"), value=TEXTS),
            max_size=3, unique_by=lambda record: record.value.strip(),
        )),
        *some(TagRecord, 3, customer=one, tag=TEXTS),
        *some(GroupRecord, 2, customer=one, group=TEXTS),
        *(CustomFieldRecord(name=f"{names[0].strip()[:100]}{kind.value}", value_type=kind,
                            choices="=a|b, c" if kind == "choice" else None) for kind in CustomFieldType),
        *draw(st.lists(st.one_of(*(
            st.builds(CustomValueRecord, customer=one,
                      field=st.just(f"{names[0].strip()[:100]}{kind}"), value=values)
            for kind, values in {
                "text": TEXTS, "number": st.sampled_from(["-3.75", "0", "12,5", "99999999999999.0001", "+7"]),
                "date": st.sampled_from(["2024-02-29", "1.3.1999"]), "choice": st.sampled_from(["=a", "b, c"]),
                "yes_no": st.sampled_from(["ja", "no"]),
            }.items()
        )), max_size=5)),
    ]  # fmt: skip


assert len(RECORDS) == 15, "a kind of record is missing here"
