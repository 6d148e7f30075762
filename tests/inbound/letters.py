"""Mails as servers and people really send them, written by hand: the form is theirs, the words are ours."""


def _lines(text: str) -> bytes:
    return text.strip("\n").replace("\n", "\r\n").encode()


def report(to: str, status: str, action: str = "failed", *, server: str = "Postfix", about: str = "") -> bytes:
    """A report of RFC 3464, as Postfix, Exchange or Gmail send it; they differ in words and in what they add."""
    senders = {
        "Postfix": "MAILER-DAEMON@mx.candidate.example (Mail Delivery System)",
        "Exchange": "Microsoft Outlook <postmaster@outlook.candidate.example>",
        "Gmail": "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
    }
    return _lines(f"""
Return-Path: <>
Delivered-To: {to}
Date: Tue, 24 Nov 2026 08:00:01 +0000 (UTC)
From: {senders[server]}
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <{abs(hash((to, status, action, server)))}@mx.candidate.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="F2C1.1/mx"

--F2C1.1/mx
Content-Type: text/plain; charset=us-ascii

Your mail to mallory@elsewhere.example (5.1.1) could not be delivered, says {server}.

--F2C1.1/mx
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.candidate.example
Arrival-Date: Tue, 24 Nov 2026 07:59:58 +0000 (UTC)

Final-Recipient: rfc822; mallory@elsewhere.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} said the server

--F2C1.1/mx
Content-Type: text/rfc822-headers

From: Marit Folkerts <people@sielwerk.example>
Subject: A question
{about}

--F2C1.1/mx--
""")


def exim(to: str) -> bytes:
    """Exim's own words, with the report that it adds since 4.8; its part is named differently from Postfix's."""
    return report(to, "5.1.1").replace(b"Delivery System", b"Delivery").replace(b"MAILER-DAEMON", b"Mailer-Daemon")


def qmail(to: str, code: str = "5.1.1") -> bytes:
    """Without a report for machines, but in a form of its own."""
    return _lines(f"""
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@qmail.candidate.example
To: {to}
Subject: failure notice
Date: 24 Nov 2026 08:00:00 -0000

Hi. This is the qmail-send program at qmail.candidate.example.
I wasn't able to deliver your message to the following addresses.

<ada@candidate.example>:
Sorry, no mailbox here by that name. (#{code})

--- Below this line is a copy of the message.
""")


def complaint(about: str, kind: str = "abuse", to: str = "fbl@sielwerk.example") -> bytes:
    """ARF (RFC 5965), as Yahoo sends it to the address that was signed up. `about`: head lines of the mail of ours in it."""
    return _lines(f"""
From: feedback@arf.mail.candidate.example
To: {to}
Subject: FW: A question
Date: Tue, 24 Nov 2026 09:00:00 +0000
Message-ID: <{abs(hash(about))}@arf.candidate.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="arf"

--arf
Content-Type: text/plain

This is an email abuse report.

--arf
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Yahoo-Mail-Feedback/2.0
Version: 0.1
Reported-Domain: sielwerk.example

--arf
Content-Type: message/rfc822

{about}
From: Marit Folkerts <people@sielwerk.example>
Subject: A question

Hello.
--arf--
""")


def written(
    to: str,
    text: str,
    *,
    subject: str = "Re: A question",
    sender: str = "Ada <ada@candidate.example>",
    head: str = "",
    html: str = "",
) -> bytes:
    """A mail by a person, or by their absent self."""
    kind = "text/html" if html else "text/plain"
    more = f"{head}\n" if head else ""
    return _lines(f"""
From: {sender}
To: {to}
Subject: {subject}
Date: Tue, 24 Nov 2026 10:00:00 +0000
Message-ID: <{abs(hash((to, text, subject, sender, head, html)))}@candidate.example>
{more}MIME-Version: 1.0
Content-Type: {kind}; charset=utf-8

{html or text}
""")
