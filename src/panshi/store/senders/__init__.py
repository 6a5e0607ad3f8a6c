"""Sending out: mail over SMTP, webhooks over HTTP; both refuse what was not allowed."""

from panshi.store.senders.mail import Mail, MailServer, send_mail
from panshi.store.senders.webhook import Hook, Post, send_post, signature

__all__ = ["Hook", "Mail", "MailServer", "Post", "send_mail", "send_post", "signature"]
