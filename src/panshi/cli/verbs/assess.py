"""`panshi assess`: judge the controls of a framework from evidence."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import moment, open_node
from panshi.errors import UsageError
from panshi.model.control import Framework
from panshi.model.verdict import Assessment
from panshi.report.answers import assessment_answer
from panshi.report.words import STAGES, headline_words, standing_word

ROMAN = ("0", "I", "II", "III", "IV")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Framework, estate, field, day, what to leave out, and a gate."""
    parser.add_argument("--framework", default="zt36", help="framework id (default zt36)")
    parser.add_argument("--estate", default=None, help="estate id (default: the first one)")
    parser.add_argument("--field", default="", help="narrow every population to one field")
    parser.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="ID",
        help="judge as if this observation had never been made",
    )
    parser.add_argument(
        "--gate",
        choices=ROMAN[1:],
        default=None,
        metavar="STAGE",
        help="exit 1 unless every group has reached this stage (I to IV)",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Judge, answer, and compare with the gate where there is one."""
    with open_node() as node:
        framework = node.library.framework(args.framework)
        if args.gate is not None and not framework.staged:
            raise UsageError(f"framework {framework.id} has no stages", remedy="use zt36")
        assessment = node.assess(
            args.framework,
            args.estate,
            in_field=args.field,
            as_of=args.as_of,
            without=tuple(args.without),
        )
    out.answer(assessment_answer(assessment), lambda: _lines(assessment, framework, out))
    if args.gate is None:
        return Exit.DONE
    reached = assessment.stages[0].stage
    return Exit.DONE if reached >= ROMAN.index(args.gate) else Exit.NOT_GOOD_ENOUGH


def _lines(assessment: Assessment, framework: Framework, out: Output) -> Iterable[str]:
    yield headline_words(assessment, framework, chinese=out.chinese)
    if assessment.stages:
        yield ""
        names = {group.id: group for group in framework.groups}
        yield from table(
            (
                out.pick("支柱", "pillar"),
                out.pick("佐證級", "evidenced"),
                out.pick("自評級", "claimed"),
                out.pick("可能級", "possible"),
                out.pick("基準閘門", "baseline gate"),
            ),
            (
                (
                    out.pick(names[stage.group].title_zh, names[stage.group].title_en),
                    STAGES[stage.stage],
                    STAGES[stage.claimed_stage],
                    STAGES[stage.possible_stage],
                    out.pick("通過", "passed")
                    if stage.gate_open
                    else out.pick("未過：", "blocked: ") + ", ".join(stage.gate_blockers[:3]),
                )
                for stage in assessment.stages
                if stage.group and stage.in_field == assessment.stages[0].in_field
            ),
        )
    yield ""
    yield from table(
        (
            out.pick("控制措施", "control"),
            out.pick("判定", "verdict"),
            out.pick("自評", "claimed"),
            out.pick("佐證", "evidenced"),
            out.pick("可能", "possible"),
            out.pick("已見/母體", "seen/population"),
            "",
        ),
        (
            (
                verdict.control.partition("/")[2],
                standing_word(verdict, chinese=out.chinese),
                percent(verdict.claimed),
                percent(verdict.evidenced),
                percent(verdict.possible),
                f"{verdict.tally.seen}/{verdict.tally.population}",
                out.pick(control.title_zh, control.title_en),
            )
            for verdict in assessment.verdicts
            for control in (framework.by_id[verdict.control.partition("/")[2]],)
        ),
    )
