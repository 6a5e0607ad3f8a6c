"""`panshi member …`: this node as a member of a hub; it signs every request with its own key."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, everywhere, open_node
from panshi.model.alliance.marking import Tlp
from panshi.model.alliance.member import Scope
from panshi.node.alliance.admission import MOST_TOKEN_DAYS, TOKEN_DAYS
from panshi.node.alliance.member_client import API, HubClient

MOST_OVERLAP = 30


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("keygen", help="make a key; its private half stays here")
    enrolling = verbs.add_parser("enrol", help="show a key to a hub with the one-time code")
    enrolling.add_argument("--hub", required=True, help="address, for example https://hub.example")
    enrolling.add_argument("--code", required=True, help="what the hub's liaison handed over")
    enrolling.add_argument("--key", default="", help="thumbprint; the newest without it")
    verbs.add_parser("status", help="what the hub knows of this member")
    rotating = verbs.add_parser("rotate", help="use a new key; the old one is heard for a while")
    rotating.add_argument("--overlap-days", type=bounded(0, MOST_OVERLAP), default=7)
    revoking = verbs.add_parser("revoke", help="end one of the own keys at once and for good")
    revoking.add_argument("key", help="thumbprint, or the beginning")
    revoking.add_argument("--why", required=True)
    making = verbs.add_parser("token", help="make a token for programs that cannot sign")
    making.add_argument("name")
    making.add_argument(
        "--scope", action="append", required=True, choices=[str(each) for each in Scope]
    )
    making.add_argument("--days", type=bounded(1, MOST_TOKEN_DAYS), default=TOKEN_DAYS)
    ending = verbs.add_parser("revoke-token", help="forget a token at once")
    ending.add_argument("name")
    agreeing = verbs.add_parser(
        "consent", help="whether own extracts may be compared, to be warned"
    )
    agreeing.add_argument("granted", choices=("yes", "no"))
    standing = verbs.add_parser(
        "dependence", help="what others may share: suppliers, sites, clouds, components; signed"
    )
    standing.add_argument("--tlp", choices=[str(each) for each in Tlp], default=str(Tlp.AMBER))
    standing.add_argument("--estate", default=None)
    standing.add_argument("--send", action="store_true", help="to the hub; else only shown")
    verbs.add_parser("concentration", help="how many others stand on what this member stands on")
    verbs.add_parser("submissions", help="what this member submitted, newest first")
    points = verbs.add_parser("rewards", help="this member's points: each report with its reason")
    points.add_argument("--quarter", default="", metavar="2026Q4", help="the one that runs")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    if args.action == "dependence":
        return _dependence(args, out)
    handlers: dict[str, Callable[[argparse.Namespace, Output, HubClient], None]] = {
        "keygen": _keygen,
        "enrol": _enrol,
        "status": _status,
        "rotate": _rotate,
        "revoke": _revoke,
        "token": _token,
        "revoke-token": _revoke_token,
        "consent": _consent,
        "submissions": _submissions,
        "rewards": _rewards,
        "concentration": _concentration,
    }
    with open_node() as node:
        handlers[args.action](args, out, HubClient(node.home.path, clock=node.clock))
    return Exit.DONE


def _keygen(_args: argparse.Namespace, out: Output, client: HubClient) -> None:
    name, public = client.keygen()
    out.answer({"key": name, "public": public}, lambda: (f"{name}  {public}",))


def _enrol(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    found = client.enrol(args.hub, args.code, key=args.key)
    out.answer(
        found,
        lambda: (
            out.pick(
                f"已送出金鑰 {found.key}；待樞紐另一人核准",
                f"key {found.key} was shown; it waits for another person of the hub",
            ),
        ),
    )


def _status(_args: argparse.Namespace, out: Output, client: HubClient) -> None:
    told = client.call("GET", f"{API}/self").value()
    out.answer(told, lambda: _lines(told, client))


def _lines(told: dict[str, Any], client: HubClient) -> Iterator[str]:
    detail, enrolment = told["member"], client.enrolment
    one = detail["member"]
    yield f"{enrolment.hub}  {one['id']}  {one['name']}  {one['state']}"
    yield from table(
        ("key", "state", "since", "until"),
        (
            (
                ("* " if each["id"] == enrolment.key else "  ") + each["id"],
                each["state"],
                each["since"] or "–",
                each["until"] or "–",
            )
            for each in detail["keys"]
        ),
    )


def _rotate(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    found = client.rotate(overlap_days=args.overlap_days)
    out.answer(found, lambda: (found.key,))


def _revoke(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    body = msgspec.json.encode({"why": args.why})
    told = client.call("POST", f"{API}/self/keys/{args.key}/revocation", body).value()
    out.answer(told, lambda: (args.key,))


def _token(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    asked = {"name": args.name, "scopes": args.scope, "days": args.days}
    told = client.call("POST", f"{API}/self/tokens", msgspec.json.encode(asked)).value()
    out.answer(told, lambda: (told["token"],))


def _revoke_token(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    client.call("DELETE", f"{API}/self/tokens/{args.name}")
    out.answer({"revoked": args.name}, lambda: (args.name,))


def _consent(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    body = msgspec.json.encode({"granted": args.granted == "yes"})
    told = client.call("PUT", f"{API}/self/consent", body).value()
    out.answer(told, lambda: (args.granted,))


def _dependence(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.resilience.dependence import extract_of, signed_extract

    with open_node() as node:
        client = HubClient(node.home.path, clock=node.clock)
        if args.send:
            signed = signed_extract(node, client, tlp=args.tlp, estate_id=args.estate)
            told = client.call("PUT", f"{API}/self/dependence", msgspec.json.encode(signed)).value()
            out.answer(told, lambda: (told["evidence"],))
            return Exit.DONE
        found = extract_of(node, member="", tlp=args.tlp, estate_id=args.estate)
    out.answer(
        found,
        lambda: table(
            (
                out.pick("種類", "kind"), out.pick("名稱", "name"),
                out.pick("關鍵服務逾時", "critical late"), out.pick("逾時", "late"),
                out.pick("有備援", "carried"),
            ),
            (
                (each.kind, each.name, each.critical, len(each.late), len(each.carried))
                for each in found.things
            ),
        ),
    )  # fmt: skip
    return Exit.DONE


def _concentration(_args: argparse.Namespace, out: Output, client: HubClient) -> None:
    told = client.call("GET", f"{API}/self/concentration").value()
    out.answer(
        told,
        lambda: table(
            (
                out.pick("種類", "kind"), out.pick("名稱", "name"),
                out.pick("自己的關鍵服務逾時", "own critical late"),
                out.pick("其他會員", "other members"),
                out.pick("其關鍵服務逾時", "of them late"),
            ),
            (
                (
                    each["kind"], each["name"], each["critical"],
                    each["others"], each["others_stopped"],
                )
                for each in told
            ),
        ),
    )  # fmt: skip


def _submissions(_args: argparse.Namespace, out: Output, client: HubClient) -> None:
    told = client.call("GET", f"{API}/self/submissions").value()
    out.answer(
        told,
        lambda: table(
            ("id", "kind", "items", "at", "idempotency key"),
            (
                (each["id"], each["kind"], each["items"], each["at"], each["idempotency_key"])
                for each in told
            ),
        ),
    )


def _rewards(args: argparse.Namespace, out: Output, client: HubClient) -> None:
    from panshi.cli.verbs.joint_soc.reward import statement_lines
    from panshi.errors import BadInputError
    from panshi.node.alliance.reward.statements import StatementAnswer

    asked = f"?{urlencode({'quarter': args.quarter})}" if args.quarter else ""
    told = client.call("GET", f"{API}/self/rewards{asked}").value()
    try:
        found = msgspec.convert(told, StatementAnswer)
    except msgspec.ValidationError as error:
        raise BadInputError(f"the hub's answer is no statement: {error}", place="hub") from error
    out.answer(told, lambda: statement_lines(found, out))
