"""`panshi secure-dev catalogue FILE`: official texts, loaded and never shipped."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.secure_development.catalogue import load_catalogue


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file."""
    parser.add_argument(
        "file", type=Path, help="ASVS 5.0 as JSON or archive, or the archive of SAMM 2"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Load it and say what fits."""
    with open_node() as node:
        found = load_catalogue(node, args.file, actor=actor())

    def lines() -> tuple[str, ...]:
        zh = f"{found.framework.upper()} {found.version}：已載入 {found.texts} 則條文"
        en = f"{found.framework.upper()} {found.version}: {found.texts} texts loaded"
        more = f"{len(found.unknown)} / {len(found.missing)}"
        return (
            out.pick(zh, en),
            out.pick(f"本系統未列／檔案未載：{more}", f"not known here / not in the file: {more}"),
        )

    out.answer(found, lines)
    return Exit.DONE
