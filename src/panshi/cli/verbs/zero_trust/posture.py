"""`panshi zt posture`: look at this machine and judge it by the policy; seal or report it."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.live import send_signal
from panshi.node.zero_trust.posture import judged, look_here
from panshi.node.zero_trust.posture_content import posture_policy
from panshi.observe.this_machine.machine import Machine
from panshi.protection.zero_trust.devices.posture import (
    STANDING_WORDS,
    PostureResult,
    Standing,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which device it is, and what becomes of the result."""
    parser.add_argument("--device", default="", help="its id (default: host:<name>)")
    parser.add_argument("--seal", action="store_true", help="seal every look as evidence")
    parser.add_argument("--gate", action="store_true", help="exit 1 unless compliant")
    parser.add_argument("--signal", action="store_true", help="tell the running decision point")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Look, judge, answer."""
    now = datetime.now(UTC)
    looks = look_here(now)
    device = args.device or Machine().host
    result = judged(device, looks, now, posture_policy(Home.locate(os.environ).path))
    if args.seal or args.signal:
        with open_node() as node:
            if args.seal:
                node.log.append(looks, node.clock())
                node.checkpoint()
                node.audit(actor(), "posture.seal", device, detail=result.standing.value)
            if args.signal:
                _signal(node, result)
    out.answer(result, lambda: _lines(result, out))
    short = args.gate and result.standing is not Standing.COMPLIANT
    return Exit.NOT_GOOD_ENOUGH if short else Exit.DONE


def _signal(node: Node, result: PostureResult) -> None:
    said = "withdrawn" if result.standing is Standing.UNKNOWN else result.standing.value
    send_signal(
        node,
        kind="device.compliance",
        subject=("device", result.device),
        said=said,
        source="posture",
        actor=actor(),
    )


def _lines(result: PostureResult, out: Output) -> list[str]:
    zh, en = STANDING_WORDS[result.standing]
    rows = [
        (
            each.check.id,
            out.pick(*STANDING_WORDS[each.standing]),
            out.pick("必要", "required") if each.check.required else "",
            "–" if each.value is None else each.value,
            each.reason
            or (
                out.pick(each.check.remedy_zh, each.check.remedy_en)
                if each.standing is Standing.NOT_COMPLIANT
                else ""
            ),
        )
        for each in result.checks
    ]
    header = ("檢查", "狀態", "", "值", "原因或作法") if out.chinese else (
        "check", "standing", "", "value", "reason or remedy",
    )  # fmt: skip
    return [f"{result.device}: {out.pick(zh, en)}", *table(header, rows)]
