"""`panshi record …`: what people answer for; sealed like every other observation."""

from __future__ import annotations

import argparse
import hashlib
from datetime import date, datetime
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import UsageError
from panshi.model.bodies.records import (
    Attestation,
    Claim,
    NotApplicable,
)
from panshi.model.observation import Body
from panshi.node.library import Library

MAX_ATTACHMENT = 256 * 1024 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    attest = verbs.add_parser("attest", help="answer for a control no tool can see")
    attest.add_argument("--scope", required=True, help="what the attestation covers")
    attest.add_argument("--expires", type=day, required=True)
    attest.add_argument("--attachment", type=Path, required=True, help="what it rests on")
    attest.add_argument("--countersigned-by", default="")
    attest.add_argument("--statement", default="")
    attest.add_argument("--unfulfilled", action="store_true", help="acknowledge non-compliance")
    claim = verbs.add_parser("claim", help="assert a share, to be set beside the evidence")
    claim.add_argument("--share", type=float, required=True, help="0 to 1")
    apart = verbs.add_parser("not-applicable", help="sign that a control has no population here")
    apart.add_argument("--reason", required=True)
    apart.add_argument("--expires", type=day, required=True)
    apart.add_argument("--countersigned-by", default="", help="a second person, for 應 and 不得")
    for each in verbs.choices.values():
        each.add_argument("control", help="<framework>/<control>, e.g. zt36/1-2")
        each.add_argument("--estate", default=None)
        each.add_argument("--owner", required=True)

    everywhere(verbs)


def day(text: str) -> date:
    """Read a date."""
    return datetime.fromisoformat(text).date()


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Check the record against framework and estate, then seal it."""
    control = Library().control(args.control)
    with open_node() as node:
        estate = node.estate(args.estate)
        kind, body = _body(args, control.framework, control.id)
        sealed = node.record(kind, body, facet=control.key, actor=actor(), estate_id=estate.id)
    out.answer({"id": sealed, "kind": kind, "control": control.key}, lambda: (sealed,))
    return Exit.DONE


def _body(args: argparse.Namespace, framework: str, control: str) -> tuple[str, Body]:
    match args.action:
        case "attest":
            content = read_whole(args.attachment, MAX_ATTACHMENT)
            if not content:
                raise UsageError(f"{args.attachment} is empty", remedy="attach what it rests on")
            return "record.attestation/1", Attestation(
                framework=framework,
                control=control,
                owner=args.owner,
                scope=args.scope,
                expires=args.expires,
                attachment=args.attachment.name,
                attachment_sha256=hashlib.sha256(content).hexdigest(),
                countersigned_by=args.countersigned_by,
                statement=args.statement,
                fulfilled=not args.unfulfilled,
            )
        case "claim":
            if not 0 <= args.share <= 1:
                raise UsageError("a share lies between 0 and 1", remedy="--share 0.95")
            return "record.claim/1", Claim(
                framework=framework, control=control, owner=args.owner, share=args.share
            )
        case _:
            return "record.not_applicable/1", NotApplicable(
                framework=framework,
                control=control,
                owner=args.owner,
                reason=args.reason,
                expires=args.expires,
                countersigned_by=args.countersigned_by,
            )
