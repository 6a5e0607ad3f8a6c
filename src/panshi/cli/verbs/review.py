"""`panshi review …`: the quarterly review: agenda from state, decisions, actions, minutes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.reviews.actions import Action, ActionState, ActionStepName
from panshi.governance.reviews.agenda import TOPICS, Topic
from panshi.governance.reviews.meeting import Review
from panshi.model.bodies.reviews import AgendaLine
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.reviews import (
    ReviewPage,
    agenda_now,
    close_review,
    decide,
    every_action,
    every_review,
    open_review,
    review_page,
    set_action,
    step_action,
)
from panshi.report.accountability_words import office_word, state_word
from panshi.report.review_answers import action_answer, review_answer, review_detail


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="every review")
    verbs.add_parser("agenda", help="what would be on the agenda today")
    opened = verbs.add_parser("open", help="open the review of a quarter that ended")
    opened.add_argument("number", help="2026Q3")
    opened.add_argument("--held-on", type=date.fromisoformat, default=None, metavar="DATE")
    shown = verbs.add_parser("show", help="one review: agenda, decisions, actions, minutes")
    decided = verbs.add_parser("decide", help="record a decision")
    acted = verbs.add_parser("act", help="set an action")
    closed = verbs.add_parser("close", help="close it with its minutes")
    for each in (shown, decided, acted, closed):
        each.add_argument("number")
    for each in (decided, acted):
        each.add_argument("text")
        each.add_argument("--about", default="", help="for example indicator/zt-evidenced")
    acted.add_argument("--owner", required=True, metavar="OFFICE")
    acted.add_argument("--due", type=date.fromisoformat, required=True, metavar="DATE")
    closed.add_argument("--chair", required=True, metavar="PERSON")
    closed.add_argument(
        "--present", action="append", required=True, metavar="OFFICE:PERSON", help="repeat it"
    )
    closed.add_argument("--minutes", required=True)
    listed = verbs.add_parser("actions", help="every action; exits 1 while one is overdue")
    listed.add_argument("--gate", action="store_true", help="exit 1 while one is overdue")
    stepped = verbs.add_parser("action", help="report an action done, extend or drop it")
    stepped.add_argument("number", help="2026Q3-1")
    stepped.add_argument("step", choices=["done", "extend", "drop"])
    stepped.add_argument("--why", default="")
    stepped.add_argument("--due", type=date.fromisoformat, default=None, metavar="DATE")
    stepped.add_argument("--evidence", action="append", default=[], metavar="ID")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it, then tell how it stands."""
    with open_node() as node:
        match args.action:
            case "list":
                every = every_review(node, args.estate)
                out.answer(list(map(review_answer, every)), lambda: _listed(every, out))
            case "agenda":
                lines = agenda_now(node, args.estate)
                out.answer(lines, lambda: _agenda(lines, out))
            case "actions" | "action":
                return _actions(node, args, out)
            case _:
                _changed(node, args)
                found = review_page(node, args.number, args.estate)
                out.answer(
                    review_detail(found.review, found.actions, found.agenda_now),
                    lambda: _review(found, node, out),
                )
    return Exit.DONE


def _changed(node: Node, args: argparse.Namespace) -> None:
    who, estate = actor(), args.estate
    match args.action:
        case "open":
            held = args.held_on or day_of(node.clock())
            open_review(node, Quarter.read(args.number), held, actor=who, estate_id=estate)
        case "decide":
            decide(node, args.number, args.text, actor=who, about=args.about, estate_id=estate)
        case "act":
            set_action(
                node,
                args.number,
                args.text,
                owner=args.owner,
                due=args.due,
                actor=who,
                about=args.about,
                estate_id=estate,
            )
        case "close":
            close_review(
                node,
                args.number,
                chair=args.chair,
                attendance=args.present,
                minutes=args.minutes,
                actor=who,
                estate_id=estate,
            )
        case _:
            pass


def _actions(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    if args.action == "action":
        step_action(
            node,
            args.number,
            ActionStepName(args.step),
            actor=actor(),
            why=args.why,
            due=args.due,
            evidence=args.evidence,
            estate_id=args.estate,
        )
    every = every_action(node, args.estate)
    out.answer(list(map(action_answer, every)), lambda: _action_lines(every, node, out))
    late = any(each.state is ActionState.OVERDUE for each in every)
    return Exit.NOT_GOOD_ENOUGH if late and getattr(args, "gate", False) else Exit.DONE


def _listed(every: tuple[Review, ...], out: Output) -> Iterator[str]:
    yield from table(
        (
            out.pick("季別", "quarter"),
            out.pick("開會日", "held on"),
            out.pick("狀態", "state"),
            out.pick("決議", "decisions"),
        ),
        (
            (
                each.number,
                each.held_on,
                state_word(each.state, chinese=out.chinese),
                len(each.decisions),
            )
            for each in every
        ),
    )


def _agenda(lines: tuple[AgendaLine, ...], out: Output) -> Iterator[str]:
    for topic, group in groupby(lines, key=lambda each: each.topic):
        yield out.pick(*TOPICS[Topic(topic)])
        yield from (f"  - {out.pick(each.zh, each.en)}" for each in group)


def _review(found: ReviewPage, node: Node, out: Output) -> Iterator[str]:
    review = found.review
    yield f"{review.number}  {review.held_on}  {state_word(review.state, chinese=out.chinese)}"
    yield from _agenda(found.agenda_now or review.agenda, out)
    for decision in review.decisions:
        yield f"{out.pick('決議', 'decision')} {decision.number}: {decision.text}"
    yield from _action_lines(found.actions, node, out)
    if review.minutes:
        yield f"{out.pick('主席', 'chair')}: {review.chair}"
        yield review.minutes


def _action_lines(every: tuple[Action, ...], node: Node, out: Output) -> Iterator[str]:
    for each in every:
        owner = office_word(node.library.offices, each.owner, chinese=out.chinese)
        late = f" +{each.late_days}" if each.late_days else ""
        state = state_word(each.state, chinese=out.chinese)
        yield f"{each.number}  {each.due}{late}  {state}  {owner}  {each.text}"
