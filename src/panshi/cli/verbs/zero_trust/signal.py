"""`panshi zt signal …`: say something of a user, device, credential or session by hand."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.cli.verbs.zero_trust.session import ordered_lines
from panshi.errors import UsageError
from panshi.node.zero_trust import live
from panshi.node.zero_trust.trust_content import trust_model
from panshi.protection.zero_trust.trust.signal import SubjectKind


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    verbs.add_parser("kinds", help="which evidence counts, how much and how long")
    sent = verbs.add_parser("send", help="say something; what follows is done at once")
    sent.add_argument("kind", help="for example device.compliance")
    sent.add_argument("said", help="a grade of the kind, `withdrawn`, or log-odds")
    sent.add_argument("subject", metavar="KIND:ID", help="for example device:nb-1")
    sent.add_argument("--source", default="", help="who says it (default: you)")
    verbs.add_parser("retire-feed", help="take a feed out of use").add_argument("source")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Ask the running decision point, or read the model."""
    if args.action == "kinds":
        return _kinds(out)
    with open_node() as node:
        if args.action == "retire-feed":
            done = live.retire_feed(node, args.source, actor=actor())
        else:
            done = live.send_signal(
                node,
                kind=args.kind,
                subject=_subject(args.subject),
                said=_said(args.said),
                source=args.source or actor(),
                actor=actor(),
            )
        out.answer(done, lambda: ordered_lines(done, out))
    return Exit.DONE


def _kinds(out: Output) -> Exit:
    model = trust_model()
    header = ("種類", "對象", "所言與權重", "有效秒數", "依據")
    english = ("kind", "about", "grades and weights", "fresh s", "rests on")
    rows = (
        (
            each.id,
            each.about.value,
            " ".join(f"{grade.id} {grade.weight:+g}" for grade in each.grades.values())
            or f"{each.lowest:+g} … {each.highest:+g}",
            f"{each.fresh_for_s:g}",
            each.cites,
        )
        for each in model.families.values()
    )
    out.answer(model, lambda: table(header if out.chinese else english, rows))
    return Exit.DONE


def _subject(text: str) -> tuple[str, str]:
    kind, _, name = text.partition(":")
    if kind not in set(SubjectKind) or not name:
        raise UsageError(
            f"{text[:80]!r} names no subject", remedy=f"KIND:ID with {', '.join(SubjectKind)}"
        )
    return kind, name


def _said(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
