"""`panshi continuity story`: one disaster, who is late and why, and the cheapest remedy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import moment, open_node
from panshi.node.resilience.board_story import sentence
from panshi.node.resilience.story import Story, story_of
from panshi.node.resilience.story_answers import story_answer
from panshi.report.disaster_words import name_of, service_words


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which disaster."""
    parser.add_argument("--scenario", default="", help="id; the first of the institution if not")
    parser.add_argument("--estate", default=None)
    parser.add_argument("--as-of", type=moment, default=None, help="as it was known at a moment")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Tell the likely course."""
    with open_node() as node:
        found = story_of(node, args.estate, args.scenario, args.as_of)
    out.answer(story_answer(found), lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: Story, out: Output) -> Iterator[str]:
    yield sentence(found, chinese=out.chinese)
    told = (*found.course.late, *(e for e in found.course.services if not e.late))
    for critical in (True, False):
        mine = [each for each in told if each.node.critical is critical]
        if mine and not critical:
            yield out.pick(f"其他 {len(mine)} 項服務：", f"{len(mine)} other services:")
        for each in mine:
            name = name_of(found.graph, each.node.id, chinese=out.chinese)
            yield f"  {name}  {service_words(found.graph, each, chinese=out.chinese)}"
