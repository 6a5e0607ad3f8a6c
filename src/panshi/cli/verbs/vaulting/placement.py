"""`panshi vault placement`: prove where shards and key shares lie, over every coalition."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node

if TYPE_CHECKING:
    from panshi.resilience.vault_placement import Finding, Left, Proof

SHOWN = 8
"Minimal coalitions listed on a terminal; --json gives up to a hundred."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="placement as TOML, JSON or YAML")
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DAY", help="day approvals must be in force"
    )
    parser.add_argument("--seal", action="store_true", help="put it on record as evidence")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Prove, print the proof, seal it where asked."""
    from panshi.model.zone import day_of
    from panshi.node.node import wall_clock
    from panshi.node.resilience.placement import prove_placement, read_placement, seal_placement

    placement = read_placement(args.file)
    proof = prove_placement(placement, args.on or day_of(wall_clock()))
    if args.seal:
        with open_node() as node:
            evidence = seal_placement(node, placement, actor=actor())
        out.note(out.pick(f"已封存為證據 {evidence}。", f"Sealed as evidence {evidence}."))
    out.answer({"holds": proof.holds, "proof": proof}, lambda: lines(proof, out))
    return Exit.DONE if proof.holds else Exit.NOT_GOOD_ENOUGH


def lines(proof: Proof, out: Output) -> Iterator[str]:
    """Print the proof for people."""
    shards = proof.shards
    yield out.pick(
        f"{proof.vault}：{proof.k}／{proof.n}；列舉 {proof.enumerated:,} 種組合，"
        f"{shards.reaching:,} 種可重組資料，最小者 {shards.minimal:,} 種；"
        f"同時取得金鑰者最小 {proof.opening.minimal:,} 種。",
        f"{proof.vault}: {proof.k} of {proof.n}; {proof.enumerated:,} coalitions enumerated, "
        f"{shards.reaching:,} can put the data together, {shards.minimal:,} of them minimal; "
        f"{proof.opening.minimal:,} minimal ones also open the key.",
    )
    for coalition in shards.shown[:SHOWN]:
        yield "  { " + ", ".join(coalition) + " }"
    yield ""
    header = ("", out.pick("規則", "rule"), out.pick("所得／所需", "has / needs"),
              out.pick("組合", "coalitions"), out.pick("依據", "reference"))  # fmt: skip
    yield from table(header, (_row(each, out) for each in proof.findings))
    for each in proof.broken:
        yield (
            out.pick("  反例：", "  witness: ") + f"{each.rule.id} {{ {', '.join(each.witness)} }}"
        )
    for told in proof.refused_approvals:
        yield out.pick("  不計入的核准：", "  approval that counts for nothing: ") + told
    if proof.scenarios:
        yield ""
        yield from table(
            (
                out.pick("災害", "disaster"),
                out.pick("喪失", "lost"),
                out.pick("剩餘分片", "shards left"),
                out.pick("金鑰", "key"),
                out.pick("可復原", "restorable"),
            ),
            (_left(each, out) for each in proof.scenarios),
        )


def _left(each: Left, out: Output) -> tuple[object, ...]:
    return (
        out.pick(each.scenario.zh, each.scenario.en),
        len(each.lost),
        f"{each.shards} / {each.need}",
        _yes(out, yes=each.keys),
        _yes(out, yes=each.restorable),
    )


def _row(each: Finding, out: Output) -> tuple[object, ...]:
    state = ("✓", "(✓)") if each.holds else ("✗", "✗")
    return (
        state[each.approved],
        out.pick(each.rule.zh, each.rule.en) + (f"（{each.group}）" if each.group else ""),
        f"{each.most} / {each.need}",
        f"{each.looked_at:,}",
        each.rule.reference,
    )


def _yes(out: Output, *, yes: bool) -> str:
    return out.pick("是", "yes") if yes else out.pick("否", "no")
