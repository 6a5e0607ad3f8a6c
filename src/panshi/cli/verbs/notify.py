"""`panshi notify …`: how messages leave this node, what went out, what is stuck."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.errors import BadInputError, UsageError
from panshi.node.node import Node
from panshi.node.notify import NotifySettings, deliver, load, register_of, requeue, save
from panshi.store.notices import Delivery, DeliveryState
from panshi.store.senders import Hook, Mail, MailServer, send_mail
from panshi.store.senders.mail import Security
from panshi.store.senders.webhook import checked

SHORTEST_SECRET = 16


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("show", help="the settings, without secrets")
    mail = verbs.add_parser("mail", help="set the mail server; its password is read from stdin")
    mail.add_argument("--host", required=True)
    mail.add_argument("--port", type=bounded(1, 65535), default=587)
    mail.add_argument("--sender", required=True, help="address mail comes from")
    mail.add_argument("--user", default="")
    mail.add_argument("--security", type=Security, choices=list(Security), default="starttls")
    allow = verbs.add_parser("allow-host", help="let webhooks go to this host")
    allow.add_argument("host", help="host, or host:port")
    hook = verbs.add_parser(
        "webhook", help="add or replace a webhook; its secret is read from stdin"
    )
    hook.add_argument("name")
    hook.add_argument("url")
    remove = verbs.add_parser("remove", help="remove a webhook, or `mail`")
    remove.add_argument("name")
    test = verbs.add_parser("test", help="send one test mail")
    test.add_argument("--to", required=True)
    listing = verbs.add_parser("list", help="what went out, what waits, what is dead")
    listing.add_argument("--state", type=DeliveryState, choices=list(DeliveryState), default=None)
    verbs.add_parser("send", help="send what is due now")
    again = verbs.add_parser("retry", help="queue dead and stuck messages again")
    again.add_argument("--id", type=bounded(1, 2**40), default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output, Node], Exit]] = {
        "show": _show,
        "mail": _mail,
        "allow-host": _allow,
        "webhook": _webhook,
        "remove": _remove,
        "test": _test,
        "list": _list,
        "send": _send,
        "retry": _retry,
    }
    with open_node() as node:
        return handlers[args.action](args, out, node)


def _settings(node: Node) -> NotifySettings:
    return load(node.home.path, os.environ)


def _keep(node: Node, settings: NotifySettings, what: str) -> None:
    save(node.home.path, settings)
    node.audit(actor(), "notify.set", what)


def _show(_args: argparse.Namespace, out: Output, node: Node) -> Exit:
    found = _settings(node)
    shown = {
        "mail": f"{found.mail.host}:{found.mail.port}" if found.mail else None,
        "sender": found.mail.sender if found.mail else None,
        "webhooks": [each.name for each in found.hooks],
        "allowed_hosts": list(found.allowed_hosts),
        "digest_hour": found.digest_hour,
    }
    out.answer(shown, lambda: [f"{name}: {value}" for name, value in shown.items()])
    return Exit.DONE


def _mail(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    server = MailServer(
        host=args.host,
        port=args.port,
        sender=args.sender,
        security=args.security,
        user=args.user,
        password=_secret() if args.user else "",
    )
    _keep(node, replace(_settings(node), mail=server), f"mail {args.host}")
    return _show(args, out, node)


def _allow(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    found = _settings(node)
    hosts = tuple(dict.fromkeys((*found.allowed_hosts, args.host.lower())))
    _keep(node, replace(found, allowed_hosts=hosts), f"allow {args.host}")
    return _show(args, out, node)


def _webhook(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    found = _settings(node)
    checked(args.url, found.allowed_hosts)
    secret = _secret()
    if len(secret) < SHORTEST_SECRET:
        raise BadInputError(
            "the webhook's secret is too short", remedy=f"{SHORTEST_SECRET} characters or more"
        )
    others = tuple(each for each in found.hooks if each.name != args.name)
    hooks = (*others, Hook(name=args.name, url=args.url, secret=secret))
    _keep(node, replace(found, hooks=hooks), f"webhook {args.name}")
    return _show(args, out, node)


def _remove(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    found = _settings(node)
    if args.name == "mail":
        changed = replace(found, mail=None)
    else:
        kept = tuple(each for each in found.hooks if each.name != args.name)
        if len(kept) == len(found.hooks):
            raise UsageError(f"there is no webhook {args.name!r}", remedy="panshi notify show")
        changed = replace(found, hooks=kept)
    _keep(node, changed, f"remove {args.name}")
    return _show(args, out, node)


def _test(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    found = _settings(node)
    if found.mail is None:
        raise UsageError("no mail server is set", remedy="panshi notify mail")
    title = out.pick("測試通知", "Test of notifications")
    mail = Mail(to=args.to, subject=f"[Panshi] {title}", text=title, key=os.urandom(16).hex())
    send_mail(found.mail, mail)
    out.answer({"sent": args.to}, lambda: (out.pick("已寄出。", "sent"),))
    return Exit.DONE


def _list(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    found = register_of(node).deliveries(args.state)
    rows = [_row(each) for each in found]
    out.answer(
        rows,
        lambda: (
            table(tuple(rows[0]), (tuple(row.values()) for row in rows))
            if rows
            else (out.pick("沒有訊息。", "no message"),)
        ),
    )
    return Exit.DONE


def _row(each: Delivery) -> dict[str, object]:
    return {
        "id": each.id,
        "channel": each.channel,
        "address": each.address,
        "state": each.state,
        "attempts": each.attempts,
        "subject": each.subject,
        "error": each.error,
    }


def _send(_args: argparse.Namespace, out: Output, node: Node) -> Exit:
    done = deliver(node, _settings(node), limit=1_000)
    out.answer(done, lambda: (f"sent {done.sent}, failed {done.failed}, dead {done.dead}",))
    return Exit.DONE


def _retry(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    count = requeue(node, lambda each: args.id in {None, each.id})
    out.answer({"queued": count}, lambda: (str(count),))
    return Exit.DONE


def _secret() -> str:
    """Read a secret from standard input, so that it is in no history and no list of processes."""
    if sys.stdin.isatty():
        sys.stderr.write("secret: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip()
