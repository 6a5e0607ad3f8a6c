"""`panshi intel …`: intelligence is validated, shared in collections, fetched and matched.

Each sub-verb is a module of `panshi.cli.verbs.intelligence` with `arguments` and `run`, imported
only when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "validate": "judge STIX 2.1 objects of a file; a gate for pipelines",
    "collections": "collections of a hub's TAXII server: list, ask for, decide, retire",
    "misp": "take a MISP feed into a collection, or write one",
    "pull": "fetch intelligence from TAXII servers, what is new since last time",
    "sources": "from where intelligence is pulled, and how reliable each is",
    "list": "what was pulled, or values with their scores",
    "show": "one object, what it asks for, and why its score is what it is",
    "match": "look for it in extracts of telemetry, or in the own estate",
    "sightings": "what was found here; tell one back, without our name",
    "allow": "values that bind nothing here; two people decide",
    "subscribe": "at a hub: what a member needs, filed as a collection of its own",
}
MODULES = "panshi.cli.verbs.intelligence"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
