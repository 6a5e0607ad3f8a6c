"""`panshi disclosure …`: vulnerabilities told from outside, coordinated until they are published.

Each sub-verb is a module of `panshi.cli.verbs.disclosing` with `arguments` and `run`, imported only
when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "channel": "open, close or show the channel: contacts, security.txt, keys",
    "key": "make an OpenPGP or age key to which reporters write",
    "mail": "take in one mail message, encrypted or not",
    "report": "note a report that came by telephone or letter",
    "list": "cases, what is due next, what is overdue",
    "show": "one case: report, clocks, messages, advisory",
    "take": "validate, reject, forward, acknowledge, fix, embargo, publish, close, reopen",
    "answer": "write to the reporter over the secret link",
    "draft": "write the advisory of a case from a YAML or JSON file",
    "export": "write the advisories and the lists that name them as CSAF 2.1",
    "exposure": "declare, prove, approve and check addresses of members",
}
MODULES = "panshi.cli.verbs.disclosing"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
