"""The mail server that email is measured with takes what real clients send, and keeps it as it was."""

import smtplib
from pathlib import Path

from bench.mail_sink import Mail, kept, mail_sink

SENDER, READER = "theatre@example.com", "reader@example.com"
CONTENT = b"Subject: News\r\n\r\n.a line that begins with a dot\r\n.\r\n..\r\nthe end\r\n"


def test_it_counts_what_it_takes() -> None:
    with mail_sink() as sink, smtplib.SMTP("127.0.0.1", sink.port, "bench.example.com") as smtp:
        assert sink.taken() == 0
        for expected in (1, 2):
            smtp.sendmail(SENDER, READER, CONTENT)
            assert sink.taken() == expected


def test_it_keeps_what_it_takes(tmp_path: Path) -> None:
    file = tmp_path / "mails"
    with mail_sink(file) as sink:
        for number in range(2):
            with smtplib.SMTP("127.0.0.1", sink.port, "bench.example.com") as smtp:
                smtp.sendmail(SENDER, f"{number}.{READER}", CONTENT)
        assert sink.taken() == 2
        assert kept(file) == [Mail(SENDER, f"{number}.{READER}", CONTENT) for number in range(2)]
