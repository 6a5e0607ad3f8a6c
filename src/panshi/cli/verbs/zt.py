"""`panshi zt …`: decide, enforce and take trust back; one sub-verb per capability.

Each sub-verb is a module of `panshi.cli.verbs.zero_trust` with `arguments` and `run`, imported only
when it is called, as the verbs themselves are.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.main import Parser, Verb
from panshi.cli.output import Output

SUBVERBS = {
    "scope": "which fields systems fall into, what is missing, where to begin",
    "serve": "run the policy decision point: AuthZEN and the questions of proxies",
    "decide": "answer questions once: one on the command line, many as JSON lines",
    "token": "tokens of enforcement points: add, list, revoke",
    "session": "live sessions: list, show why they are trusted, end",
    "signal": "say something of a user, device or session; what follows is done at once",
    "break-glass": "access in an emergency: request, approve, end, review",
    "enforce": "run the streaming enforcement point: WebSocket, events, HTTP, TCP",
    "seal": "seal what the decision point did, and what it proves of each system",
    "log": "verify and show the chained log of decisions",
    "stream": "shared signals (SSF, CAEP, RISC): who we hear, who hears us, what is blind",
    "check": "hold our Cedar decisions to a corpus, and to Cedar itself",
    "policy": "draft, check, try, publish by two, restore and compare policies",
    "grant": "privileged access just in time: request, approve by another, revoke",
    "bastion": "run the SSH bastion; what is open, recordings and whether they hold",
    "device": "devices whose TPM is known: vouch, revoke, say which boot is good",
    "attest": "run on a device: make its TPM known, prove device and boot",
    "posture": "look at this machine and judge it by the posture policy",
}
MODULES = "panshi.cli.verbs.zero_trust"


class _SubParser(Parser):
    """A sub-verb's parser that declares its arguments only when it is used."""

    def __init__(self, *, module: str = "", **parts: Any) -> None:  # noqa: ANN401 -- argparse's own
        super().__init__(**parts)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 -- argparse's own
        """Load the module, let it declare its arguments, then parse as usual."""
        if self._module:
            name, self._module = self._module, ""
            _load(name).arguments(self)
        return super().parse_known_args(args, namespace)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    verbs = parser.add_subparsers(
        dest="subverb", required=True, metavar="ACTION", parser_class=_SubParser
    )
    for name, text in SUBVERBS.items():
        each = verbs.add_parser(name, help=text, description=text, module=name)
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        each.add_argument("--lang", choices=("zh", "zh-TW", "en"), default=argparse.SUPPRESS)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return _load(args.subverb).run(args, out)


def _load(name: str) -> Verb:
    module: Verb = importlib.import_module(f"{MODULES}.{name.replace('-', '_')}")
    return module
