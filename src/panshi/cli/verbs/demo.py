"""`panshi demo`: a whole bank and this very machine, graded from evidence, in one command."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.cli.verbs.serve import serve
from panshi.node.demo import DEMO_BANK, build_demo
from panshi.node.node import THIS_MACHINE
from panshi.report.words import headline_words


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether and where to serve afterwards."""
    parser.add_argument("--no-serve", action="store_true", help="build and assess, then stop")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=bounded(1, 65535), default=8420)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Build what is missing, assess both estates, say how they stand, serve."""
    with open_node() as node:
        home = node.home
        with out.progress(out.pick("示範資料", "demo data")) as progress:
            built = build_demo(node, actor=actor(), progress=progress)
        grades = {estate: node.assess("zt36", estate) for estate in (DEMO_BANK, THIS_MACHINE)}
        framework = node.library.framework("zt36")
        answer = {
            "home": str(home.path),
            "observations": node.log.size(),
            "new": built,
            "estates": {
                estate: {
                    "headline_zh": headline_words(grade, framework, chinese=True),
                    "headline_en": headline_words(grade, framework, chinese=False),
                    "stages": {stage.group: stage.stage for stage in grade.stages},
                }
                for estate, grade in grades.items()
            },
        }

    def lines() -> Iterable[str]:
        yield f"PANSHI_HOME  {home.path}"
        yield out.pick("觀測", "observations") + f"  {answer['observations']:,}"
        for estate, grade in grades.items():
            yield f"{estate}  {headline_words(grade, framework, chinese=out.chinese)}"

    if args.no_serve or not out.json:
        out.answer(answer, lines)
    if args.no_serve:
        return Exit.DONE
    return serve(home, args.host, args.port, out)
