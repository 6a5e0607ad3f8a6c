"""`panshi disclosure export --out FOLDER`: advisories and lists as files of a CSAF provider."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node
from panshi.node.alliance.disclosure.channel import served_security_text
from panshi.node.alliance.disclosure.publishing import documents, metadata, served


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the folder."""
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Write what is served, for a web server that serves files."""
    with open_node() as node:
        names = ["csaf-feed-tlp-clear.json", "changes.csv", "index.txt"]
        for each in documents(node):
            names += [each.path, f"{each.path}.sha256", f"{each.path}.sha512"]
        files = {f"csaf/clear/{name}": served(node, name)[0] for name in names}
        files[".well-known/csaf/provider-metadata.json"] = metadata(node)
        files[".well-known/security.txt"] = served_security_text(node).encode()
    for name, content in files.items():
        place = args.out / name
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, content)
    out.answer({"files": sorted(files)}, lambda: sorted(files))
    return Exit.DONE
