"""`panshi identity oidc …`: sign-in through the organisation's identity provider."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import UsageError
from panshi.node import oidc
from panshi.node.oidc_check import check

MOST_SECRET = 8192


def arguments(parser: argparse.ArgumentParser) -> None:
    """One way of signing in, and what to do with it."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    parser = verbs.add_parser("oidc", help="sign-in by OpenID Connect")
    parser.add_argument(
        "doing",
        choices=("show", "set", "test", "remove"),
        help="show the settings, set them, ask the provider whether it fits, or forget them",
    )
    parser.add_argument("--issuer", help="address of the provider")
    parser.add_argument("--client-id")
    parser.add_argument(
        "--secret-file",
        metavar="FILE",
        help="file with the client's secret; - reads standard input",
    )
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="GROUP=ROLE",
        help="role of the members of a group; repeat for several",
    )
    parser.add_argument("--username-claim", default="preferred_username")
    parser.add_argument("--groups-claim", default="groups")
    parser.add_argument(
        "--scope", action="append", default=[], help="beside openid and profile; repeat for several"
    )
    parser.add_argument("--name-zh", default="機構帳號", help="what the button says")
    parser.add_argument("--name-en", default="your organisation account")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "show": _show,
        "set": _set,
        "test": _test,
        "remove": _remove,
    }
    return handlers[args.doing](args, out)


def _set(args: argparse.Namespace, out: Output) -> Exit:
    if not args.issuer or not args.client_id:
        raise UsageError("--issuer and --client-id are needed", remedy="panshi identity --help")
    settings = oidc.Oidc(
        issuer=args.issuer.rstrip("/"),
        client_id=args.client_id,
        name_zh=args.name_zh,
        name_en=args.name_en,
        username_claim=args.username_claim,
        groups_claim=args.groups_claim,
        roles=_roles(args.role),
        scopes=tuple(dict.fromkeys(("openid", "profile", *args.scope))),
    )
    with open_node() as node:
        oidc.save(node.home.path, settings, _secret(args.secret_file))
        node.audit(actor(), "identity.set", settings.issuer)
    said = (
        out.pick("已設定；重新啟動 panshi serve 後生效。", "set; restart panshi serve"),
        out.pick("在提供者登記的回傳位址：", "to register at the provider: ")
        + f"https://…{oidc.BACK}",
    )
    out.answer(settings, lambda: said)
    return Exit.DONE


def _show(_args: argparse.Namespace, out: Output) -> Exit:
    settings = _known()
    out.answer(
        settings, lambda: table(("", ""), ((k, str(v)) for k, v in asdict(settings).items()))
    )
    return Exit.DONE


def _test(_args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        oidc.secret(node.home.path, os.environ)
    found = check(_known())
    out.answer(
        found,
        lambda: table(
            ("", "", ""), ((each.what, "ok" if each.ok else "FAILED", each.why) for each in found)
        ),
    )
    return Exit.DONE if all(each.ok for each in found) else Exit.NOT_GOOD_ENOUGH


def _remove(_args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        oidc.remove(node.home.path)
        node.audit(actor(), "identity.remove", "oidc")
    out.answer({"removed": True}, lambda: (out.pick("已移除。", "removed"),))
    return Exit.DONE


def _known() -> oidc.Oidc:
    with open_node() as node:
        settings = oidc.load(node.home.path, os.environ)
    if settings is None:
        raise UsageError("no identity provider is set", remedy="panshi identity oidc set")
    return settings


def _roles(pairs: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        group, equals, role = pair.rpartition("=")
        if not equals or not group:
            raise UsageError(f"{pair!r} is not GROUP=ROLE", remedy="--role soc=analyst")
        found[group] = (*found.get(group, ()), role)
    return found


def _secret(named: str | None) -> str:
    if named is None:
        return ""
    if named == "-":
        return sys.stdin.read(MOST_SECRET).strip()
    return read_whole(Path(named), MOST_SECRET).decode().strip()
