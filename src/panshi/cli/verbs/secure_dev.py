"""`panshi secure-dev …`: how software is made, judged from what pipelines leave behind."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "assess": "judge every system over its releases; --seal derives release.pipeline/1",
    "show": "one system: releases, practices, what evidence is missing and cheapest",
    "trust": "build keys: list, propose, approve by another, revoke",
    "verify": "verify an attestation and the artefacts it speaks of; needs no home with --key",
    "catalogue": "load the official texts of ASVS or SAMM from their own files",
}
MODULES = "panshi.cli.verbs.secure_development"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
