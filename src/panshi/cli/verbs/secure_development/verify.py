"""`panshi secure-dev verify FILE`: does an attestation hold, and for these artefacts.

Exits with 0 where a statement holds and every artefact named is in one that does, else with 1.
With `--key` no home is opened, so that whoever gets a release can verify it anywhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node
from panshi.errors import UsageError
from panshi.node.secure_development.judging import trust_of
from panshi.node.secure_development.verifying import Verification, given_keys, verify
from panshi.protection.secure_development.trust import TrustedKey
from panshi.report.secure_development_words import state_words


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, the keys and the artefacts."""
    parser.add_argument("file", type=Path, help="DSSE envelope, .intoto.jsonl or sigstore bundle")
    parser.add_argument(
        "--key", action="append", type=Path, default=[], help="public key in PEM; repeatable"
    )
    parser.add_argument("--builder", action="append", default=[], help="the builder it must be by")
    parser.add_argument(
        "--artifact", action="append", type=Path, default=[], help="file it must speak of"
    )
    parser.add_argument(
        "--system", default="", help="with the keys this home trusts for a system, without --key"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Verify and say how far it holds."""
    artifacts = tuple(args.artifact)
    if args.key:
        keys = given_keys(args.key, tuple(args.builder))
        found = verify(args.file, keys, artifacts=artifacts, any_builder=not args.builder)
    else:
        found = verify(args.file, _trusted(args), artifacts=artifacts)
    out.answer(answer(found), lambda: _lines(found, out))
    return Exit.DONE if found.ok else Exit.NOT_GOOD_ENOUGH


def _trusted(args: argparse.Namespace) -> tuple[TrustedKey, ...]:
    if args.builder:
        raise UsageError(
            "a trusted key says itself for which builders it speaks",
            remedy="give --builder with --key",
        )
    with open_node() as node:
        trust = trust_of(node)
    return trust.of(args.system) if args.system else trust.keys


def answer(found: Verification) -> dict[str, object]:
    """Lay out what was verified."""
    return {
        "ok": found.ok,
        "builder_compared": found.builder_asked,
        "statements": [
            {
                "place": each.place,
                "state": each.judged.state,
                "signers": each.judged.signers,
                "signatures": each.judged.signatures,
                "builder": each.body.builder,
                "predicate_type": each.body.predicate_type,
                "source": each.body.source_uri,
                "source_digest": each.body.source_digest,
            }
            for each in found.statements
        ],
        "artifacts": [
            {"file": name, "sha256": digest, "proven": covered}
            for name, digest, covered in found.artifacts
        ],
    }


def _lines(found: Verification, out: Output) -> Iterator[str]:
    for each in found.statements:
        yield f"{each.place}: {state_words(each.judged.state, chinese=out.chinese)}"
        yield f"  {out.pick('建置者', 'builder')}  {each.body.builder or '–'}"
        yield f"  {out.pick('原始碼', 'source')}  {each.body.source_uri} {each.body.source_digest}"
        signers = ", ".join(each.judged.signers) or "–"
        yield f"  {out.pick('簽章', 'signed by')}  {signers} / {each.judged.signatures}"
    for name, digest, covered in found.artifacts:
        mark = out.pick("已證明", "proven") if covered else out.pick("✗ 未證明", "✗ not proven")
        yield f"{name}: {mark}  sha256:{digest}"
    if not found.builder_asked:
        yield out.pick(
            "未比對建置者；以 --builder 指定預期的建置者。",
            "the builder was not compared; name the one expected with --builder",
        )
