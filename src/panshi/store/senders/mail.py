"""Mail over SMTP (RFC 5321) with STARTTLS or TLS from the first byte; certificates are checked."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from panshi.errors import StoreError

WAIT_SECONDS = 20.0


class Security(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    "Only for a server on this machine."


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int = 587
    sender: str
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Say where it is, never the password."""
        return f"MailServer({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one person."""

    to: str
    subject: str
    text: str
    key: str
    "Names the message, so that a receiver can tell a repeat."


def send_mail(server: MailServer, mail: Mail) -> None:
    """Hand one message in; raises where the server does not take it."""
    if server.security is Security.NONE and server.host not in {"localhost", "127.0.0.1", "::1"}:
        raise StoreError("mail without encryption leaves this machine", place=server.host)
    try:
        with _connected(server) as smtp:
            if server.security is Security.STARTTLS:
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(_message(server, mail))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        told = type(error).__name__
        raise StoreError(f"the mail server did not take it: {told}", place=server.host) from error


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.security is Security.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=WAIT_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=WAIT_SECONDS)


def _message(server: MailServer, mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Message-ID"] = f"<{mail.key}@{server.sender.rpartition('@')[2] or 'panshi'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
