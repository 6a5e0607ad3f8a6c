"""`panshi record …`: what people assert of a control; who acts is the OS login."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.exception import day
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.governance.persons import acting_person
from panshi.node.claims import claim, countersign_not_applicable, sign_not_applicable


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    share = verbs.add_parser("claim", help="assert a share, to be set beside the evidence")
    share.add_argument("--share", type=float, required=True, help="0 to 1")
    apart = verbs.add_parser("not-applicable", help="sign that a control has no population here")
    apart.add_argument("--reason", required=True)
    apart.add_argument("--expires", type=day, required=True)
    for each in (share, apart):
        each.add_argument("control", help="<framework>/<control>, e.g. zt36/1-2")
    second = verbs.add_parser("countersign", help='sign another person\'s "not applicable"')
    second.add_argument("id", help="evidence id of what they signed")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal it as the person at the terminal."""
    person = acting_person(actor())
    with open_node() as node:
        match args.action:
            case "claim":
                made = claim(node, args.control, args.share, actor=person, estate_id=args.estate)
            case "not-applicable":
                made = sign_not_applicable(
                    node,
                    args.control,
                    reason=args.reason,
                    expires=args.expires,
                    actor=person,
                    estate_id=args.estate,
                )
            case _:
                made = countersign_not_applicable(
                    node, args.id, actor=person, estate_id=args.estate
                )
    out.answer({"id": made}, lambda: (made,))
    return Exit.DONE
