"""`panshi vault list`: snapshots, places, and what happened to the vault."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.vaulting import asking
from panshi.node.resilience.vault.opening import Vault
from panshi.node.resilience.vault.retention import Hold, PlaceRetention, retentions
from panshi.resilience.vault.history import epochs, standing

HOLDS = {
    Hold.PROVEN: ("已證明", "proven"),
    Hold.UNPROVEN: ("未證明", "unproven"),
    Hold.ABSENT: ("無", "absent"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    asking.places(parser)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Name them."""
    with asking.opened(args) as vault:
        terms = vault.terms
        snapshots = [
            {
                "id": each.snapshot_id(),
                "time": each.fields["time"],
                "files": each.fields["files"],
                "bytes": each.fields["bytes"],
                "stored": each.fields["stored"],
                "retain_until": each.fields["retain_until"],
            }
            for each in standing(vault.entries)
        ]
        kept = retentions(vault)
        value = {
            "vault": terms.vault.hex(),
            "k": terms.spread.k,
            "n": terms.spread.n,
            "epoch": epochs(vault.entries)[0][0],
            "epochs": [number for number, _ in epochs(vault.entries)],
            "places": {str(i): vault.label(i) for i in range(terms.spread.n)},
            "absent": [vault.label(i) for i in vault.absent()],
            "retention": kept,
            "damages": vault.damages,
            "snapshots": snapshots,
            "history": [
                {"sequence": each.sequence, "kind": each.kind, "time": each.fields["time"]}
                for each in vault.entries
            ],
        }

    def lines() -> Iterator[str]:
        yield out.pick(
            f"保險庫 {value['vault']}：{terms.spread.n} 個地點中任 {terms.spread.k} 個可還原，"
            f"{len(snapshots)} 個快照。",
            f"Vault {value['vault']}: any {terms.spread.k} of {terms.spread.n} places restore, "
            f"{len(snapshots)} snapshots.",
        )
        yield from _unconfirmed(vault, out)
        header = out.pick("快照,時間,檔案,位元組,保存至", "snapshot,time,files,bytes,kept until")
        names = ("id", "time", "files", "bytes", "retain_until")
        yield from table(header.split(","), ([each[name] for name in names] for each in snapshots))
        header = out.pick("地點,保存,至,依據", "place,retention,until,because")
        yield from table(header.split(","), (_kept(each, out) for each in kept))
        yield from _loose(kept, out)
        yield from asking.told(vault.damages, out)

    out.answer(value, lines)
    return Exit.DONE


def _unconfirmed(vault: Vault, out: Output) -> Iterator[str]:
    (newest, _), *older = epochs(vault.entries)
    if older:
        yield out.pick(
            f"第 {newest} 版分持尚未確認，舊分持仍可開啟：panshi vault keys confirm。",
            f"Shares of epoch {newest} are not confirmed, older ones open still: "
            "panshi vault keys confirm.",
        )


def _loose(kept: tuple[PlaceRetention, ...], out: Output) -> Iterator[str]:
    """Warn of the places that may lose what was sealed to whoever holds them."""
    loose = [each.place for each in kept if each.hold is not Hold.PROVEN]
    if loose:
        yield out.pick(
            f"注意：{len(loose)} 個地點未證明保存，取得其金鑰或管理其儲存者可刪除："
            f"{'、'.join(loose)}",
            f"Mind: {len(loose)} places are not proven to keep what was sealed; who holds "
            f"their keys or storage can delete: {', '.join(loose)}",
        )


def _kept(each: PlaceRetention, out: Output) -> tuple[str, ...]:
    return (
        each.place,
        out.pick(*HOLDS[each.hold]),
        f"{each.until:%Y-%m-%d}" if each.until is not None else "–",
        out.pick(each.why_zh, each.why_en),
    )
