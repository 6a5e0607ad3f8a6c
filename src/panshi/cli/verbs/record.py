"""`panshi record …`: what people answer for; sealed like every other observation."""

from __future__ import annotations

import argparse
import hashlib
from datetime import date, datetime
from itertools import count
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import UsageError
from panshi.governance.exceptions import ExceptionState, standing
from panshi.model.bodies.records import (
    Attestation,
    Claim,
    ExceptionGrant,
    NotApplicable,
)
from panshi.model.estate import Estate
from panshi.model.observation import Body, ObservationId
from panshi.node.library import Library
from panshi.node.node import Node

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
    grant = verbs.add_parser("except", help="record an approved exception")
    grant.add_argument(
        "--scope", action="append", default=[], metavar="ASSET", help="repeat for several"
    )
    grant.add_argument("--reason", required=True)
    grant.add_argument("--residual-risk", required=True)
    grant.add_argument("--requested-by", required=True)
    grant.add_argument("--approved-by", required=True)
    grant.add_argument("--effective", type=day, required=True)
    grant.add_argument("--expires", type=day, required=True)
    grant.add_argument("--compensating", action="append", default=[], metavar="CONTROL")
    grant.add_argument("--replaces", default="", metavar="ID", help="an exception it supersedes")
    grant.add_argument("--revoke", action="store_true", help="with --replaces: it ends now")
    apart = verbs.add_parser("not-applicable", help="sign that a control has no population here")
    apart.add_argument("--reason", required=True)
    apart.add_argument("--expires", type=day, required=True)
    apart.add_argument("--countersigned-by", default="", help="a second person, for 應 and 不得")
    for each in verbs.choices.values():
        each.add_argument("control", help="<framework>/<control>, e.g. zt36/1-2")
        each.add_argument("--estate", default=None)
        if each is not grant:
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
        facet = control.key
        if isinstance(body, ExceptionGrant):
            _check_grant(body, estate)
            facet = _facet(node, control.key, args.replaces)
        sealed = node.record(kind, body, facet=facet, actor=actor(), estate_id=estate.id)
    out.answer({"id": sealed, "kind": kind, "control": control.key}, lambda: (sealed,))
    return Exit.DONE


def _facet(node: Node, key: str, replaces: str) -> str:
    """Give a new series for a new exception, or the series of the one it replaces."""
    if not replaces:
        known = {each.observation.facet for each in node.log.records("record.exception/1")}
        return next(name for n in count(1) if (name := f"{key}#{n}") not in known)
    found = node.log.get(ObservationId(replaces))
    if found is None or found.observation.kind != "record.exception/1":
        raise UsageError(
            f"{replaces} is no exception", remedy="panshi evidence list --kind record.exception/1"
        )
    return found.observation.facet


def _check_grant(grant: ExceptionGrant, estate: Estate) -> None:
    """Refuse a grant that would have no effect: void by its own rules, or of nothing known."""
    state = standing(grant, grant.effective)
    if state.state is ExceptionState.VOID:
        raise UsageError(f"the exception would be void: {state.why}", remedy="correct it")
    for asset in grant.scope:
        if estate.resolve(asset) is None:
            raise UsageError(
                f"estate {estate.id} has no asset {asset}", remedy="panshi estate list"
            )
    for key in grant.compensating:
        Library().control(key)


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
        case "except":
            return "record.exception/1", _grant(args, framework, control)
        case _:
            return "record.not_applicable/1", NotApplicable(
                framework=framework,
                control=control,
                owner=args.owner,
                reason=args.reason,
                expires=args.expires,
                countersigned_by=args.countersigned_by,
            )


def _grant(args: argparse.Namespace, framework: str, control: str) -> ExceptionGrant:
    return ExceptionGrant(
        framework=framework,
        control=control,
        scope=tuple(args.scope),
        reason=args.reason,
        residual_risk=args.residual_risk,
        requested_by=args.requested_by,
        approved_by=args.approved_by,
        effective=args.effective,
        expires=args.expires,
        compensating=tuple(args.compensating),
        revoked=args.revoke,
    )
