"""`panshi zt check`: hold our Cedar decisions to a corpus, and to Cedar itself.

Runs every test file of a folder in the layout of Cedar's integration tests. Each request has
three answers (the file's, cedarpy's, ours) that must agree in decision, determining policies and
erring policies.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output
from panshi.errors import BadInputError, UsageError
from panshi.protection.cedar.corpus import Answer, Case, Finding, compare, validation

MOST_BYTES = 16 * 1024 * 1024
"Of one file."
MOST_DETAILS = 100
LEVELS = 3
"Folders above the given one in which named files are looked for, too."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the corpus."""
    parser.add_argument(
        "--cedar",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder in the layout of Cedar's integration tests",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Compare; exit 1 where anything differs."""
    if not args.cedar.is_dir():
        raise UsageError("not a folder", place=str(args.cedar), remedy="name the corpus' folder")
    requests = compiled = fallback = different = 0
    details: list[Finding] = []
    invalid: list[dict[str, str]] = []
    with out.progress(out.pick("請求", "requests")) as show:
        for case in _cases(args.cedar):
            if disagreement := validation(case):
                invalid.append({"file": case.name, "problem": disagreement})
            for finding in compare(case):
                requests += 1
                compiled += finding.compiled
                fallback += not finding.compiled and not finding.problem
                different += finding.differs
                if finding.differs and len(details) < MOST_DETAILS:
                    details.append(finding)
                show(requests)
    if not requests:
        raise BadInputError(
            "no test file with requests",
            place=str(args.cedar),
            remedy="the folder holds JSON files with `policies`, `entities` and `requests`",
        )
    answer = {
        "requests": requests,
        "compiled": compiled,
        "fallback": fallback,
        "different": different,
        "details": [_detail(each) for each in details],
        "validation": invalid[:MOST_DETAILS],
    }
    out.answer(answer, lambda: _told(answer, details, out))
    return Exit.NOT_GOOD_ENOUGH if different else Exit.DONE


def _cases(root: Path) -> Iterator[Case]:
    for path in sorted(root.rglob("*.json")):
        if path.name.endswith((".entities.json", ".cedarschema.json")):
            continue
        document = _document(path)
        listed = document.get("requests", document.get("queries")) if document else None
        if document and isinstance(listed, list) and "policies" in document:
            yield _case(root, path, document, listed)


def _document(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(read_whole(path, MOST_BYTES))
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"not valid JSON: {error.msg}",
            place=f"{path}:{error.lineno}",
            remedy="mend the file or take it out of the corpus",
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadInputError("not valid JSON", place=str(path)) from error
    return document if isinstance(document, dict) else None


def _case(root: Path, path: Path, document: dict[str, Any], listed: list[Any]) -> Case:
    if not all(isinstance(each, dict) for each in listed):
        raise BadInputError("a request is not an object", place=str(path))
    schema = document.get("schema")
    valid = document.get("shouldValidate")
    return Case(
        name=path.relative_to(root).as_posix(),
        policies=_named(root, path, document["policies"]),
        entities=_named(root, path, document.get("entities")),
        schema=_named(root, path, schema) if schema else None,
        valid=valid if isinstance(valid, bool) else None,
        requests=tuple(listed),
    )


def _named(root: Path, test: Path, name: object) -> tuple[str, str]:
    """Find and read a file a test names, from the corpus' root or beside the test."""
    if not isinstance(name, str) or PurePosixPath(name).is_absolute() or ".." in name.split("/"):
        raise BadInputError(
            f"names no file of the corpus: {name!r}",
            place=str(test),
            remedy="`policies`, `entities` and `schema` are paths from the corpus' root",
        )
    resolved = root.resolve()
    places = (resolved, *list(resolved.parents)[:LEVELS], test.resolve().parent)
    for place in places:
        if (place / name).is_file():
            raw = read_whole(place / name, MOST_BYTES)
            try:
                return name, raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadInputError("not UTF-8", place=str(place / name)) from error
    raise BadInputError(f"no such file: {name}", place=str(test), remedy="unpack the whole corpus")


def _detail(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "request": finding.number,
        "description": finding.description,
        "problem": finding.problem,
        "expected": _plain(finding.expected),
        "cedar": _plain(finding.cedar),
        "ours": _plain(finding.ours),
    }


def _plain(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "decision": answer.decision,
        "reasons": list(answer.reasons),
        "errors": list(answer.errors),
    }


def _told(answer: dict[str, Any], details: list[Finding], out: Output) -> Iterator[str]:
    requests, different = answer["requests"], answer["different"]
    yield out.pick(
        f"{requests:,} 個請求：{answer['compiled']:,} 個由編譯後的政策判斷，"
        f"{answer['fallback']:,} 個交由 cedarpy；{different:,} 個不同。",
        f"{requests:,} requests: {answer['compiled']:,} decided by compiled policies,"
        f" {answer['fallback']:,} by cedarpy; {different:,} different.",
    )
    for each in answer["validation"]:
        yield (
            out.pick("結構驗證不符：", "validation differs: ")
            + f"{each['file']}: {each['problem']}"
        )
    for finding in details:
        yield f"{finding.file} #{finding.number} {finding.description}".rstrip()
        if finding.problem:
            yield f"    {finding.problem}"
            continue
        for name, each in (
            (out.pick("預期", "expected"), finding.expected),
            ("Cedar", finding.cedar),
            (out.pick("本程式", "ours"), finding.ours),
        ):
            if each is not None:
                reasons, errors = ", ".join(each.reasons), ", ".join(each.errors)
                yield f"    {name}: {each.decision} [{reasons}] ✗[{errors}]"
    if different > len(details):
        yield out.pick(
            f"…另有 {different - len(details):,} 個", f"… {different - len(details):,} more"
        )
