"""`panshi zt …`: decide, enforce and take trust back; one sub-verb per capability.

Each sub-verb is a module of `panshi.cli.verbs.zero_trust` with `arguments` and `run`, imported only
when it is called, as the verbs themselves are.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

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


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
