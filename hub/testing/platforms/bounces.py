"""Mail as servers write it when a message comes back or is complained of (RFC 3464, RFC 5965)."""

_BOUNCE = """\
Return-Path: <>
Received: from mx.example.net (mx.example.net [192.0.2.7]) by mail.example.com; Tue, 3 Mar 2026 10:00:02 +0100
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: kasse@example.com
Subject: Undelivered Mail Returned to Sender
Date: Tue, 3 Mar 2026 10:00:01 +0100
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4A1B2C3D4E.1/mx.example.net"

This is a MIME-encapsulated message.

--4A1B2C3D4E.1/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message to {to} could not be delivered.

--4A1B2C3D4E.1/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Queue-ID: 4A1B2C3D4E
Arrival-Date: Tue, 3 Mar 2026 10:00:00 +0100

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; {diagnostic}

--4A1B2C3D4E.1/mx.example.net
Content-Description: Undelivered Message Headers
Content-Type: {original_type}

{original}
--4A1B2C3D4E.1/mx.example.net--
"""
_COMPLAINT = """\
From: <feedback@fbl.example.net>
To: <kasse@example.com>
Subject: FW: News
Date: Tue, 3 Mar 2026 11:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from 192.0.2.1.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <kasse@example.com>
Source-IP: 192.0.2.1

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

{original}

--part1_13d.2e68ed54_boundary--
"""


def bounce(
    original: bytes,
    to: str,
    status: str = "5.1.1",
    *,
    action: str = "failed",
    diagnostic: str = "550 no such user",
    whole: bool = False,
) -> bytes:
    """What a server writes to the sender when it knows what became of a message.

    Args:
        original: the message as the server got it.
        to: whom it was for.
        status: the code of RFC 3463.
        action: failed, delayed, delivered, relayed or expanded.
        diagnostic: what the other server answered.
        whole: whether the report carries the whole message; if not, its headers alone.
    """
    text = original.decode("utf-8", "replace").replace("\r\n", "\n")
    return _BOUNCE.format(
        to=to,
        status=status,
        action=action,
        diagnostic=diagnostic,
        original_type="message/rfc822" if whole else "text/rfc822-headers",
        original=text if whole else text.partition("\n\n")[0] + "\n",
    ).encode()


def complaint(original: bytes, feedback: str = "abuse") -> bytes:
    """What a provider of mailboxes writes to the sender when a customer reports a message.

    Args:
        original: the message as the provider got it.
        feedback: the kind of feedback, such as abuse or not-spam.
    """
    text = original.decode("utf-8", "replace").replace("\r\n", "\n")
    return _COMPLAINT.format(feedback=feedback, original=text).encode()
