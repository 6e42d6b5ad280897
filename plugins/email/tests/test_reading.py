"""What bounces and complaints are understood as, whatever state they come in."""

import base64
from datetime import UTC, datetime

import pytest
from hub_email.reading import is_report, read_report
from hub_email.status_codes import first_code, in_words, means_dead
from hypothesis import given
from hypothesis import strategies as st

from hub import Fate, FateReport
from hub.testing.platforms.bounces import bounce, complaint

AT = datetime(2026, 3, 3, 9, 0, 2, tzinfo=UTC)
REFERENCE = "<0123456789abcdef0123456789abcdef01234567@example.com>"
ADDRESS = "ada@example.net"
ORIGINAL = f"""From: Kasse <kasse@example.com>\r
To: {ADDRESS}\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r
Message-ID: {REFERENCE}\r
Content-Type: text/plain; charset="utf-8"\r
\r
Grüße\r
""".encode()
BOUNCE, COMPLAINT = bounce(ORIGINAL, ADDRESS), complaint(ORIGINAL)


def only(mail: bytes) -> FateReport:
    reports = read_report(mail, AT)
    assert reports is not None
    (report,) = reports
    assert (report.reference, report.at) == (REFERENCE, AT)
    assert ADDRESS not in report.reason
    return report


@pytest.mark.parametrize(
    ("status", "fate", "for_good", "reason"),
    [
        ("5.1.1", Fate.BOUNCED, True, "there is no such mailbox (5.1.1)"),
        ("5.1.2", Fate.BOUNCED, True, "the address's domain does not exist (5.1.2)"),
        ("5.1.3", Fate.BOUNCED, True, "the address is not valid (5.1.3)"),
        ("5.1.6", Fate.BOUNCED, True, "the mailbox has moved (5.1.6)"),
        ("5.1.10", Fate.BOUNCED, True, "the address's domain takes no mail (5.1.10)"),
        ("5.2.1", Fate.BOUNCED, True, "the mailbox is disabled (5.2.1)"),
        ("5.2.2", Fate.FAILED, False, "the mailbox is full (5.2.2)"),
        ("4.2.2", Fate.FAILED, False, "the mailbox is full (4.2.2)"),
        ("4.1.1", Fate.FAILED, False, "there is no such mailbox (4.1.1)"),
        ("4.4.7", Fate.FAILED, False, "the message could not be delivered in time (4.4.7)"),
        ("5.7.1", Fate.FAILED, False, "the customer's mail server refuses the message by its rules (5.7.1)"),
        ("5.1.12", Fate.FAILED, False, "the customer's mail server refuses the address (5.1.12)"),
        ("5.9.9", Fate.FAILED, False, "the message came back (5.9.9)"),
        ("nonsense", Fate.FAILED, False, "the message came back"),
        ("", Fate.FAILED, False, "the message came back"),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_what_a_code_means(status: str, fate: Fate, for_good: bool, reason: str, whole: bool) -> None:
    report = only(bounce(ORIGINAL, ADDRESS, status, whole=whole))
    assert (report.fate, report.for_good, report.reason) == (fate, for_good, reason)


@pytest.mark.parametrize(
    ("status", "diagnostic", "told"),
    [
        ("5.0.0", f"550 5.1.1 <{ADDRESS}>: no such user", "(5.1.1)"),
        ("5.0.0", "550 5.7.1 [192.0.2.1] is on a list", "(5.7.1)"),
        ("", "550-5.2.1 The account is disabled", "(5.2.1)"),
        ("5.7.1", "550 5.1.1 says somebody else", "(5.7.1)"),
        ("4.0.0", "550 5.1.1 of another class", "(4.0.0)"),
        ("5.0.0", "550 for 192.0.2.55.1.1.9", "(5.0.0)"),
    ],
)
def test_the_answer_tells_where_the_code_does_not(status: str, diagnostic: str, told: str) -> None:
    assert only(bounce(ORIGINAL, ADDRESS, status, diagnostic=diagnostic)).reason.endswith(told)


@pytest.mark.parametrize(
    ("action", "fates"),
    [
        ("Failed", [Fate.BOUNCED]),
        ("delayed", []),
        ("delivered", [Fate.DELIVERED]),
        ("relayed", []),
        ("expanded", []),
        ("exploded", []),
    ],
)
def test_what_an_action_means(action: str, fates: list[Fate]) -> None:
    reports = read_report(bounce(ORIGINAL, ADDRESS, action=action), AT)
    assert reports is not None, "it is about a message of the hub, whatever it says"
    assert [report.fate for report in reports] == fates


@pytest.mark.parametrize(
    ("others", "fate", "for_good"),
    [
        ([("failed", "5.1.1")], Fate.BOUNCED, True),
        ([("failed", "5.2.2")], Fate.FAILED, False),
        ([("delivered", "2.0.0")], Fate.DELIVERED, False),
        ([("delayed", "4.4.1")], Fate.BOUNCED, True),
    ],
)
def test_an_address_that_is_a_list_is_dead_only_if_all_of_it_is(
    others: list[tuple[str, str]], fate: Fate, for_good: bool
) -> None:
    more = "".join(
        f"Final-Recipient: rfc822; o{number}@example.org\nAction: {action}\nStatus: {status}\n\n"
        for number, (action, status) in enumerate(others)
    )
    report = only(BOUNCE.replace(b"Final-Recipient", more.encode() + b"Final-Recipient", 1))
    assert (report.fate, report.for_good) == (fate, for_good)


@pytest.mark.parametrize(
    ("feedback", "fates"), [("abuse", [Fate.COMPLAINED]), ("Abuse", [Fate.COMPLAINED]), ("not-spam", []), ("", [])]
)
def test_only_abuse_is_a_complaint(feedback: str, fates: list[Fate]) -> None:
    reports = read_report(complaint(ORIGINAL, feedback), AT)
    assert reports is not None
    assert [(report.fate, report.for_good) for report in reports] == [(fate, False) for fate in fates]


def test_headers_that_travel_encoded_are_read() -> None:
    headers = ORIGINAL.partition(b"\r\n\r\n")[0]
    plain = headers.replace(b"\r\n", b"\n")
    encoded = BOUNCE.replace(
        b"text/rfc822-headers\n", b"text/rfc822-headers\nContent-Transfer-Encoding: base64\n"
    ).replace(plain, base64.encodebytes(headers))
    assert REFERENCE.encode() not in encoded
    assert only(encoded).fate is Fate.BOUNCED


@pytest.mark.parametrize("kind", [b"message/global-delivery-status", b"message/delivery-status; charset=martian"])
def test_a_status_of_another_kind_is_read(kind: bytes) -> None:
    mail = BOUNCE.replace(b"message/delivery-status", kind).replace(b"text/rfc822-h", b"message/global-h")
    assert only(mail).fate is Fate.BOUNCED


def test_a_folded_message_id_is_read() -> None:
    assert only(BOUNCE.replace(b"Message-ID: <", b"message-id:\n <")).fate is Fate.BOUNCED


def test_without_the_message_the_answer_header_tells() -> None:
    without = BOUNCE.replace(f"Message-ID: {REFERENCE}\n".encode(), b"")
    assert read_report(without, AT) is None
    assert only(f"In-Reply-To: {REFERENCE}\n".encode() + without).fate is Fate.BOUNCED


def test_the_beginning_of_a_long_report_is_enough() -> None:
    long = bounce(ORIGINAL + b"x" * 1_000_000, ADDRESS, whole=True)
    assert only(long[:20_000]).fate is Fate.BOUNCED


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        ORIGINAL,
        BOUNCE.replace(b"multipart/report", b"multipart/mixed"),
        BOUNCE.replace(REFERENCE.encode(), b"<somebody.elses@example.com>"),
        BOUNCE.replace(b"message/delivery-status", b"text/plain"),
        b"Subject: Fwd\nContent-Type: message/rfc822\n\n" + BOUNCE,
        b"Content-Type: multipart/report\n\nno parts at all",
        b"".join(
            b'Content-Type: multipart/report; boundary="b%d"\n\n--b%d\n' % (depth, depth) for depth in range(5_000)
        ),
    ],
)
def test_what_is_no_report_on_a_message_of_the_hub_is_left_alone(mail: bytes) -> None:
    assert read_report(mail, AT) is None


@given(st.data())
def test_no_mangled_report_raises_or_tells_of_another_message(data: st.DataObject) -> None:
    mail = data.draw(st.sampled_from([BOUNCE, COMPLAINT, bounce(ORIGINAL, ADDRESS, whole=True)]))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(mail)))
        end = data.draw(st.integers(start, min(len(mail), start + 60)))
        mail = mail[:start] + data.draw(_MANGLED) + mail[end:]
    reports = read_report(mail, AT)
    for report in reports or ():
        assert report.reference.endswith(">")
        assert report.at == AT
        assert ADDRESS not in report.reason
    is_report(mail)


_MANGLED = st.binary(max_size=40) | st.sampled_from([
    b"\r\n", b"\n\n", b"\x00", b"=?utf-8?q?=FF?=", b"=?martian?b?!!?=",
    b"; charset=\"\xff", b"\"", b"--", b"\xff\xfe",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: multipart/report; boundary=x\n", b": ",
])  # fmt: skip


@given(st.text())
def test_a_code_is_found_in_any_text(text: str) -> None:
    assert first_code(f"{text} 5.1.1 ") is not None
    code = first_code(text)
    assert in_words(code)
    assert not means_dead(None)
