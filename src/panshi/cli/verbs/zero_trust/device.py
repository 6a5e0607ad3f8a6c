"""`panshi zt device …`: devices whose TPM is known; vouch, revoke, say which boot is good."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import BadInputError, UsageError
from panshi.node.node import Node
from panshi.node.zero_trust.devices import (
    approve,
    endorsement_name,
    revoke,
    row_named,
    set_references,
)
from panshi.store.devices import DeviceRow, Devices

_LARGEST = 1 << 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    verbs.add_parser("list", help="every device that asked, and who vouched for it")
    vouched = verbs.add_parser("approve", help="vouch for a device one has seen")
    vouched.add_argument("--ek", required=True, help="Name of its endorsement key, as read there")
    vouched.add_argument("--asset", default="", help="asset id in the estate")
    vouched.add_argument("--fleet", default="", help="whose reference values hold for it")
    vouched.add_argument("--certificate", default="", help="thumbprint of its client certificate")
    ended = verbs.add_parser("revoke", help="believe a device no more")
    ended.add_argument("--why", required=True)
    good = verbs.add_parser("reference", help="say which register values are good")
    good.add_argument("--values", type=Path, required=True, help="answer of `zt attest quote`")
    for each in (vouched, ended):
        each.add_argument("device")
    good.add_argument("scope", help="device:<id> or fleet:<name>")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step, then show."""
    with open_node() as node:
        match args.action:
            case "approve":
                _check_name(node, args)
                rows: tuple[DeviceRow, ...] = (
                    approve(
                        node,
                        args.device,
                        actor=actor(),
                        asset=args.asset,
                        fleet=args.fleet,
                        certificate=args.certificate,
                    ),
                )
            case "revoke":
                rows = (revoke(node, args.device, actor=actor(), why=args.why),)
            case "reference":
                values = _values(args.values)
                set_references(node, args.scope, values, actor=actor(), source=args.values.name)
                out.answer({"scope": args.scope, "values": values}, lambda: (args.scope,))
                return Exit.DONE
            case _:
                rows = Devices(node.home.path).all()
    out.answer(
        [asdict(each) | {"endorsement_name": endorsement_name(each)} for each in rows],
        lambda: table(
            ("設備", "狀態", "背書金鑰", "核可") if out.chinese
            else ("device", "state", "endorsement key", "vouched by"),
            ((each.id, _state(each, out), endorsement_name(each)[:20], each.approved_by or "–")
             for each in rows),
        ),
    )  # fmt: skip
    return Exit.DONE


def _check_name(node: Node, args: argparse.Namespace) -> None:
    """Compare what the person read at the device with what was stated over the network."""
    held = endorsement_name(row_named(node.home.path, args.device))
    if args.ek.lower() != held:
        raise UsageError(
            "the endorsement key is another than the one read at the device",
            place=args.device,
            remedy=f"stated: {held}",
        )


def _state(row: DeviceRow, out: Output) -> str:
    if row.revoked_at is not None:
        return out.pick("已撤銷", "revoked")
    if row.approved_at is not None:
        return out.pick("已核可", "approved")
    return out.pick("待核可", "waits") if row.proven_at is not None else out.pick("申請中", "asked")


def _values(path: Path) -> list[tuple[str, int, str]]:
    try:
        told = json.loads(read_whole(path, _LARGEST))["values"]
        return [(str(bank), int(register), str(value)) for bank, register, value in told]
    except (ValueError, LookupError, TypeError) as error:
        raise BadInputError(
            "no register values in it", place=path.name, remedy="panshi zt attest quote --json"
        ) from error
