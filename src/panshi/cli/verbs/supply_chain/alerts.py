"""`panshi sbom alerts`: what was told, whether it arrived, and where alerts go."""

from __future__ import annotations

import argparse
from dataclasses import replace

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.node.alerting.settings import AlertSettings, alert_settings, set_alerting
from panshi.node.node import Node
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.following_answers import alert_answer
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.report.supply_chain_priority_words import ALERTS


def arguments(parser: argparse.ArgumentParser) -> None:
    """List, set channels, or try again."""
    parser.add_argument("--limit", type=bounded(1, 1_000), default=50)
    parser.add_argument("--before", type=bounded(1, 2**40), default=0, help="number of an alert")
    parser.add_argument("--findings", action="store_true", help="with the findings of each")
    parser.add_argument("--retry", action="store_true", help="send what was given up again")
    parser.add_argument("--channels", action="store_true", help="show or set where alerts go")
    parser.add_argument("--mail", nargs="*", default=None, metavar="ADDRESS")
    parser.add_argument("--webhook", nargs="*", default=None, metavar="NAME")
    parser.add_argument("--stix-webhook", nargs="*", default=None, metavar="NAME")
    parser.add_argument("--stix-folder", default=None, metavar="FOLDER")
    parser.add_argument(
        "--at-once", nargs="*", type=Ssvc, choices=list(Ssvc), default=None,
        help="decisions told at once; others wait for the digest",
    )  # fmt: skip
    parser.add_argument("--mail-language", choices=("zh", "en"), default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show alerts or set channels."""
    with open_node() as node:
        if args.retry:
            again = alerts_of(node).retry()
            out.answer(
                {"retried": again}, lambda: (out.pick(f"重送 {again} 則", f"{again} again"),)
            )
            return Exit.DONE
        changes = _changes(args)
        if args.channels or changes:
            return _channels(node, changes, out)
        return _listed(node, args, out)


def _changes(args: argparse.Namespace) -> dict[str, object]:
    lists = {
        "mail": args.mail,
        "webhooks": args.webhook,
        "stix_webhooks": args.stix_webhook,
        "at_once": args.at_once,
    }
    changes: dict[str, object] = {k: tuple(v) for k, v in lists.items() if v is not None}
    if args.stix_folder is not None:
        changes["stix_folder"] = args.stix_folder
    if args.mail_language is not None:
        changes["chinese"] = args.mail_language == "zh"
    return changes


def _channels(node: Node, changes: dict[str, object], out: Output) -> Exit:
    settings = alert_settings(node.home.path)
    if changes:
        settings = set_alerting(node, replace(settings, **changes), actor=actor())  # type: ignore[arg-type]
    out.answer(settings, lambda: _settings(settings, out))
    return Exit.DONE


def _settings(settings: AlertSettings, out: Output) -> tuple[str, ...]:
    none = "—"
    return (
        out.pick("主控台：一律", "console: always"),
        out.pick("電子郵件：", "mail: ") + (", ".join(settings.mail) or none),
        out.pick("Webhook：", "webhooks: ") + (", ".join(settings.webhooks) or none),
        out.pick("STIX webhook：", "STIX webhooks: ") + (", ".join(settings.stix_webhooks) or none),
        out.pick("STIX 資料夾：", "STIX folder: ") + (settings.stix_folder or none),
        out.pick("立即通知：", "told at once: ") + (", ".join(settings.at_once) or none),
    )


def _listed(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    store = alerts_of(node)
    found = store.alerts(before=args.before, limit=args.limit)
    answers = [
        alert_answer(each, store.findings_of(each.id) if args.findings else ()) for each in found
    ]
    heads = (
        ("編號", "時間", "事由", "弱點", "決定", "期限", "項數", "管道")
        if out.chinese
        else ("id", "at", "what", "vulnerability", "decision", "due", "findings", "channels")
    )
    rows = [
        (
            str(each.id),
            f"{each.at:%Y-%m-%d %H:%M:%S}",
            out.pick(*ALERTS[each.what]),
            each.vulnerability or "—",
            each.ssvc,
            each.due.isoformat() if each.due else "—",
            str(each.count),
            " ".join(each.channels),
        )
        for each in found
    ]
    states = ", ".join(f"{name} {count}" for name, count in sorted(store.states().items()))
    out.answer(answers, lambda: (*table(heads, rows), states))
    return Exit.DONE
