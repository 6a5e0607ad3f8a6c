"""`panshi hub …`: the same program as a hub; without an action it serves.

panshi hub --port 8430                     prepares an empty home as a hub and serves it
panshi hub members list|invite|approve …   who its members are
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.cli.verbs.serve import serve

SUBVERBS = {
    "demo": "a hub and three members on loopback, one supplier compromise unfolding over them",
    "members": "list, show, invite, approve, suspend, resume, revoke members; keys and terms",
}
MODULES = "panshi.cli.verbs.hub_verbs"
PORT = 8430


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to serve, and the sub-verbs."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=bounded(1, 65535), default=PORT)
    parser.add_argument("--name", default="", help="what a new hub is called")
    declare(parser, SUBVERBS, MODULES, required=False)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb, or prepare the home where it is new and serve."""
    if args.subverb:
        return call(args, out, MODULES)
    from panshi.node.alliance.hub import prepare_hub

    with open_node() as node:
        if prepare_hub(node, actor=actor(), name=args.name):
            out.note(out.pick("已建立聯防樞紐", "prepared this home as a hub"))
        home = node.home
    return serve(home, args.host, args.port, out)
