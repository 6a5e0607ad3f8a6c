"""`panshi evidence …`: the sealed river, its proofs and its checkpoints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole, write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, moment, open_node
from panshi.errors import BadInputError, UsageError
from panshi.evidence.checkpoint import Algorithm
from panshi.evidence.log import Filter, LogReport
from panshi.model.bodies import KINDS
from panshi.model.observation import ObservationId, Outcome, Sealed
from panshi.node.node import Verification
from panshi.report.answers import observation_answer

MAX_BUNDLE = 64 * 1024 * 1024
ALGORITHMS = {"ed25519": Algorithm.ED25519, "ml-dsa-65": Algorithm.ML_DSA_65}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = verbs.add_parser("list", help="newest observations first")
    listing.add_argument("--kind")
    listing.add_argument("--subject")
    listing.add_argument("--outcome", choices=[each.value for each in Outcome])
    listing.add_argument("--text", help="part of a subject or kind")
    listing.add_argument("--since", type=moment)
    listing.add_argument("--until", type=moment)
    listing.add_argument(
        "--before", type=bounded(0, 2**40), metavar="POSITION", help="continue a listing"
    )
    listing.add_argument("--limit", type=bounded(1, 10_000), default=50)
    show = verbs.add_parser("show", help="one observation with its body")
    show.add_argument("id")
    prove = verbs.add_parser("prove", help="write a self-contained proof of one observation")
    prove.add_argument("id")
    prove.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    verify = verbs.add_parser("verify", help="verify a proof file, or the whole log")
    verify.add_argument("file", nargs="?", type=Path)
    verify.add_argument("--log", action="store_true", help="re-hash the whole log")
    verifier = verbs.add_parser("verifier", help="write the stand-alone verifier script")
    verifier.add_argument("--out", type=Path, required=True)
    verbs.add_parser("checkpoint", help="sign and print a checkpoint")
    extend = verbs.add_parser("extend", help="prove that the log only grew since a checkpoint")
    extend.add_argument("earlier", type=Path, help="file with the earlier checkpoint")
    extend.add_argument("--out", type=Path, required=True)
    rotate = verbs.add_parser("rotate-key", help="sign with a new key from now on")
    rotate.add_argument("--algorithm", choices=ALGORITHMS, default="ed25519")
    redact = verbs.add_parser("redact", help="erase bodies; their proofs stay valid")
    redact.add_argument("ids", nargs="+", metavar="ID")
    redact.add_argument("--why", required=True)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "list": _list,
        "show": _show,
        "prove": _prove,
        "verify": _verify,
        "verifier": _verifier,
        "checkpoint": _checkpoint,
        "redact": _redact,
        "extend": _extend,
        "rotate-key": _rotate,
    }
    return handlers[args.action](args, out)


def _list(args: argparse.Namespace, out: Output) -> Exit:
    wanted = Filter(
        kind=args.kind or "",
        subject=args.subject or "",
        outcome=Outcome(args.outcome) if args.outcome else None,
        text=args.text or "",
        since=args.since,
        until=args.until,
    )
    with open_node() as node:
        page = node.log.page(wanted, before=args.before, limit=args.limit)
    out.answer([observation_answer(sealed) for sealed in page], lambda: _rows(page, out))
    return Exit.DONE


def _show(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        sealed = node.log.get(ObservationId(args.id))
    if sealed is None:
        raise UsageError(f"no observation {args.id}", remedy="`panshi evidence list` shows ids")
    plain = observation_answer(sealed)
    out.answer(plain, lambda: (f"{name}  {value}" for name, value in plain.items()))
    return Exit.DONE


def _prove(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        bundle = node.prove(args.id)
    if args.out is None:
        sys.stdout.buffer.write(bundle + b"\n")
        return Exit.DONE
    write_whole(args.out, bundle)
    answer = {"id": args.id, "file": str(args.out), "bytes": len(bundle)}
    out.answer(answer, lambda: (f"{args.out}  {len(bundle):,} bytes",))
    return Exit.DONE


def _verify(args: argparse.Namespace, out: Output) -> Exit:
    if (args.file is None) == (not args.log):
        raise UsageError("name a proof file, or --log", remedy="panshi evidence verify FILE")
    with open_node() as node:
        if args.log:
            with out.progress("leaves") as progress:
                whole = node.verify_log(progress)
            out.answer(whole, lambda: _log_lines(whole, out))
            return Exit.DONE if whole.intact else Exit.NOT_GOOD_ENOUGH
        report = node.verify(read_whole(args.file, MAX_BUNDLE), source=str(args.file))
    out.answer(report, lambda: _verified_lines(report, out))
    return Exit.DONE if report.ok else Exit.NOT_GOOD_ENOUGH


def _log_lines(whole: LogReport, out: Output) -> Iterable[str]:
    yield (
        out.pick("日誌完好。", "The log is intact.")
        if whole.intact
        else out.pick("日誌遭變動：", "The log was altered:")
    )
    yield from (f"  {each.place}: {each.problem}" for each in whole.damage)
    yield out.pick(
        f"  {whole.size:,} 筆觀測，{whole.bodies:,} 份內容相符，{whole.erased:,} 份已抹除，"
        f"{whole.checkpoints:,} 個檢查點，{whole.uncovered:,} 筆尚無簽章涵蓋；根 {whole.root}",
        f"  {whole.size:,} observations, {whole.bodies:,} bodies fit, {whole.erased:,} erased, "
        f"{whole.checkpoints:,} checkpoints, {whole.uncovered:,} not signed yet; root {whole.root}",
    )


def _verified_lines(found: Verification, out: Output) -> Iterable[str]:
    if found.ok:
        yield out.pick("證明成立。", "The proof holds.")
    else:
        yield out.pick("證明不成立：", "The proof does not hold: ") + found.problem
    if found.observation_id:
        yield f"  {found.observation_id}  {found.origin}  {found.size:,}"
    yield from (f"  {key}" for key in found.signed_by)


def _verifier(args: argparse.Namespace, out: Output) -> Exit:
    script = resources.files("panshi.evidence").joinpath("standalone", "panshi_verify.py")
    write_whole(args.out, script.read_bytes())
    out.answer({"file": str(args.out)}, lambda: (f"python3 {args.out} PROOF.json",))
    return Exit.DONE


def _checkpoint(_args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        note = node.checkpoint()
        key = str(node.signer.key)
    out.answer({"checkpoint": note, "verifier_key": key}, lambda: (note.rstrip("\n"), "", key))
    return Exit.DONE


def _extend(args: argparse.Namespace, out: Output) -> Exit:
    earlier = read_whole(args.earlier, MAX_BUNDLE)
    try:
        note = earlier.decode()
    except UnicodeDecodeError as error:
        raise BadInputError("not a checkpoint", place=str(args.earlier)) from error
    with open_node() as node:
        bundle = node.prove_extension(note)
    write_whole(args.out, bundle)
    out.answer({"file": str(args.out)}, lambda: (f"{args.out}  {len(bundle):,} bytes",))
    return Exit.DONE


def _rotate(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        key = node.rotate_key(ALGORITHMS[args.algorithm], actor=actor())
    out.answer({"verifier_key": str(key)}, lambda: (str(key),))
    return Exit.DONE


def _redact(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        ids = tuple(ObservationId(each) for each in args.ids)
        node.redact(ids, why=args.why, actor=actor())
    out.answer({"redacted": args.ids, "why": args.why}, lambda: (f"{len(args.ids)} erased",))
    return Exit.DONE


def _rows(page: tuple[Sealed, ...], out: Output) -> Iterable[str]:
    header = (
        "id",
        out.pick("種類", "kind"),
        out.pick("對象", "subject"),
        out.pick("結果", "outcome"),
        out.pick("觀測時間", "observed"),
    )
    return table(
        header,
        (
            (
                sealed.id,
                out.pick(KINDS[sealed.observation.kind].title_zh, sealed.observation.kind),
                sealed.observation.subject,
                sealed.observation.outcome,
                sealed.observation.observed_at.isoformat(timespec="minutes"),
            )
            for sealed in page
        ),
    )
