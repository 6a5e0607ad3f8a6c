"""`panshi init`: make the state directory ready."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node


def arguments(_parser: argparse.ArgumentParser) -> None:
    """`init` takes no arguments of its own."""


def run(_args: argparse.Namespace, out: Output) -> Exit:
    """Open the node once, which makes what is missing."""
    with open_node() as node:
        answer = {
            "home": str(node.home.path),
            "verifier_key": str(node.signer.key),
            "observations": node.log.size(),
            "estates": node.estate_ids(),
        }
        out.answer(
            answer,
            lambda: (
                out.pick("狀態目錄", "state directory") + f"  {answer['home']}",
                out.pick("驗證金鑰", "verifier key") + f"  {answer['verifier_key']}",
                out.pick("觀測", "observations") + f"  {answer['observations']:,}",
            ),
        )
    return Exit.DONE
