"""`panshi zt decide`: one question on the command line, or many as JSON lines on standard input.

Decides exactly as the decision point does, without one; nothing is logged.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.errors import UsageError
from panshi.node.home import Home

ONCE = "panshi.pdp.once"
EXAMPLE = "--subject user:alice --action read --resource record:1"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what it decides by, and the question."""
    parser.add_argument(
        "--policies",
        type=Path,
        metavar="DIR",
        help="folder of *.cedar (default: the published set)",
    )
    parser.add_argument("--entities", type=Path, metavar="FILE", help="Cedar entities in JSON")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="Cedar schema")
    parser.add_argument("--subject", metavar="TYPE:ID")
    parser.add_argument("--action", metavar="NAME")
    parser.add_argument("--resource", metavar="TYPE:ID")
    parser.add_argument("--context", metavar="JSON", help="for example '{\"hour\": 9}'")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Decide; without a question, every line of standard input is an AuthZEN evaluation."""
    home = None if args.policies is not None else Home.locate(os.environ).path
    asked = (args.subject, args.action, args.resource)
    if any(asked) and not all(asked):
        raise UsageError("a question has subject, action and resource", remedy=EXAMPLE)
    lines: Iterable[bytes] = _question(args) if all(asked) else sys.stdin.buffer
    answers: Iterator[dict[str, Any]] = importlib.import_module(ONCE).answers(
        lines, policies=args.policies, entities=args.entities, schema=args.schema, home=home
    )
    if all(asked):
        answer = next(answers)
        out.answer(answer, lambda: _told(answer, out))
        return Exit.DONE
    for each in answers:
        line = msgspec.json.encode(each).decode() if out.json else " ".join(_told(each, out))
        out.stream.write(line + "\n")
        out.stream.flush()
    return Exit.DONE


def _question(args: argparse.Namespace) -> tuple[bytes]:
    context = None
    if args.context is not None:
        try:
            context = json.loads(args.context)
        except ValueError as error:
            raise UsageError(f"--context is not JSON: {error}", remedy="'{\"hour\": 9}'") from error
    return (
        msgspec.json.encode(
            {
                "subject": _entity(args.subject),
                "action": {"name": args.action},
                "resource": _entity(args.resource),
                "context": context,
            }
        ),
    )


def _entity(text: str) -> dict[str, str]:
    """Part TYPE:ID; a type may hold namespaces, an id anything."""
    kind, colon, name = text.replace("::", "\0").partition(":")
    if not colon or not kind or not name:
        raise UsageError(f"{text[:80]!r} is not TYPE:ID", remedy=EXAMPLE)
    return {"type": kind.replace("\0", "::"), "id": name.replace("\0", "::")}


def _told(answer: dict[str, Any], out: Output) -> tuple[str, ...]:
    word = out.pick("准許", "allowed") if answer["decision"] else out.pick("拒絕", "denied")
    context = answer.get("context", {})
    if "error" in context:
        return (word, out.pick("錯誤：", "error: ") + context["error"]["message"])
    why = context["reason_admin"][out.pick("zh", "en")]
    owed = [each["type"] for each in context.get("obligations", ())]
    obliged = (out.pick("義務：", "obligations: ") + ", ".join(owed),) if owed else ()
    return (f"{word}{out.pick('：', ': ')}{why}", *obliged)
