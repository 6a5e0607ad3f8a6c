"""`panshi sbom ingest FILE... --system ASSET`: take bills of materials into the portfolio.

Several files are for one system, each for its own part named by its file unless `--part` is given
for a single one; or `--map LIST` names a CSV of file, system and, where there are any, part,
supplier and service.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, moment, open_node
from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.node.supply_chain.portfolio import Ingested, Sending, ingest_many

BATCH = 200
COLUMNS = frozenset({"file", "system", "part", "supplier", "service"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file that was not taken in, and why."""

    file: str
    error: dict[str, str]


def _error(error: PanshiError) -> dict[str, str]:
    return {"problem": error.problem, "place": error.place, "remedy": error.remedy}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take files and what they are for."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="bills of materials")
    parser.add_argument("--system", default="", metavar="ASSET", help="system they describe")
    parser.add_argument("--part", default="", help="part of the system, where it has several")
    parser.add_argument("--supplier", default="", metavar="ASSET", help="who delivered it")
    parser.add_argument("--service", default="", metavar="ASSET", help="a service that rests on it")
    parser.add_argument("--at", type=moment, default=None, metavar="TIME", help="when it arrived")
    parser.add_argument(
        "--again", action="store_true", help="let an older one stand again: a release was put back"
    )
    parser.add_argument(
        "--map",
        type=Path,
        default=None,
        metavar="CSV",
        help="columns file, system and, where there are any, part, supplier, service",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take them in, many at a time; of several, one that is none does not cost the others."""
    sendings = list(_mapped(args.map) if args.map else _given(args))
    taken: list[Ingested] = []
    refused: list[Refused] = []
    with open_node() as node, out.progress("sbom") as tell:
        for batch in batched(sendings, BATCH):
            try:
                taken += ingest_many(node, batch, actor=actor())
            except (BadInputError, UsageError):
                if len(sendings) == 1:
                    raise
                for each in batch:
                    try:
                        taken += ingest_many(node, (each,), actor=actor())
                    except (BadInputError, UsageError) as error:
                        refused.append(Refused(file=str(each.source), error=_error(error)))
                        out.note(f"{each.source!s}: {error}")
            tell(len(taken))
    out.answer([*taken, *refused], lambda: _lines(taken, out))
    return Exit.BAD_INPUT if refused else Exit.DONE


def _given(args: argparse.Namespace) -> Iterator[Sending]:
    if not args.files or not args.system:
        raise UsageError("files and their system are missing", remedy="FILE... --system ASSET")
    for each in args.files:
        yield Sending(
            source=each,
            system=args.system,
            supplier=args.supplier,
            service=args.service,
            part=args.part or (each.stem[:100] if len(args.files) > 1 else ""),
            at=args.at,
            again=args.again,
        )


def _mapped(path: Path) -> Iterator[Sending]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            unknown = set(rows.fieldnames or ()) - COLUMNS
            if unknown or not {"file", "system"} <= set(rows.fieldnames or ()):
                raise BadInputError(
                    f"columns: {', '.join(rows.fieldnames or ())}",
                    place=str(path),
                    remedy="file and system, and part, supplier, service where there are any",
                )
            for row in rows:
                yield Sending(
                    source=path.parent / row["file"],
                    system=row["system"],
                    part=row.get("part") or "",
                    supplier=row.get("supplier") or "",
                    service=row.get("service") or "",
                )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"the list cannot be read: {error}", place=str(path)) from error


def _lines(taken: list[Ingested], out: Output) -> Iterator[str]:
    header = out.pick(
        "系統,部分,元件,套件,未讀取,結果,摘要",
        "system,part,components,packages,unread,result,digest",
    ).split(",")
    yield from table(
        header,
        (
            (
                each.system,
                each.part or "–",
                f"{each.components:,}",
                f"{each.packages:,}",
                each.unreadable,
                _result(each, out),
                each.digest[:16],
            )
            for each in taken
        ),
    )
    for each in taken:
        for defect in each.defects[:5]:
            yield f"  {each.digest[:16]} {defect.place or '/'}: {defect.problem}"


def _result(each: Ingested, out: Output) -> str:
    if not each.stands:
        return out.pick("已有較新者，未取代", "a newer one stands")
    if not each.new:
        return out.pick("已在組合中", "known")
    return out.pick("取代前一份", "replaces") if each.previous else out.pick("新增", "new")
