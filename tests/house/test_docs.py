"""What the pages tell people to type exists, and what they point to is there."""

import argparse
import importlib
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from panshi.cli.main import VERBS
from panshi.cli.sub_verbs import SubParser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
GENERATED = ROOT / "docs" / "reference"
WRITTEN = [page for page in PAGES if GENERATED not in page.parents]
PROGRAM = re.compile(
    r"(?:^|(?<=[\s(`|=$]))(?:\.venv/bin/|/opt/panshi/\.venv/bin/)?panshi (?=[a-z-])"
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parser_of(verb: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"panshi {verb}")
    for common in ("--json", "--lang"):
        parser.add_argument(common)
    importlib.import_module(f"panshi.cli.verbs.{verb.replace('-', '_')}").arguments(parser)
    return parser


def actions_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Give the sub-verbs of a parser; lazy ones declare their arguments first."""
    kinds = argparse._SubParsersAction
    found = next((each for each in parser._actions if isinstance(each, kinds)), None)
    if found is None:
        return {}
    for each in found.choices.values():
        if isinstance(each, SubParser):
            each.complete()
    return dict(found.choices)


def optional(parser: argparse.ArgumentParser) -> bool:
    """Whether a parser's sub-verb may be left out."""
    kinds = argparse._SubParsersAction
    return any(isinstance(each, kinds) and not each.required for each in parser._actions)


def flags_of(parser: argparse.ArgumentParser) -> set[str]:
    return {flag for each in parser._actions for flag in each.option_strings}


def code_of(text: str) -> Iterator[str]:
    """Every line of code a page shows: fenced and indented blocks, and code within a sentence."""
    for tongue, body in FENCE.findall(text):
        if tongue != "python":
            yield from re.sub(r"\\\n\s*", " ", body).splitlines()
    rest = FENCE.sub("", text)
    yield from re.findall(r"^ {4}\S.*$", rest, re.MULTILINE)
    yield from re.findall(r"`([^`\n]+)`", rest)


def told(text: str) -> Iterator[str]:
    """Every `panshi …` a page shows, without the name of the program."""
    for line in code_of(text):
        for start in PROGRAM.finditer(line):
            yield command(line[start.end() :])


def command(rest: str) -> str:
    """Cut what follows a command: a pipe, a redirection, a comment, a closing bracket."""
    end = re.search(r"\s(?:\||\|\||&&|>|#|;)(?:\s|$)|[;)`]|\s>|…", rest)
    return (rest[: end.start()] if end else rest).strip()


def complaint(line: str) -> str:
    """Say what a command line names that is not there; empty where all of it exists."""
    words = shlex.split(line.split("<<", maxsplit=1)[0], posix=True)
    if not words:
        return ""
    verb, *words = words
    if verb in {"VERB", "--help", "--version"}:
        return ""
    if verb not in VERBS:
        return f"no verb {verb!r}"
    parser, flags, name = parser_of(verb), flags_of(parser_of(verb)), verb
    while actions := actions_of(parser):
        following = [word for word in words if not word.startswith("-")]
        if optional(parser):
            following = [word for word in following if word in actions]
        if following and following[0] not in actions:
            return f"panshi {name} has no {following[0]!r}"
        if not following:
            if words and "--help" not in words and not optional(parser):
                return f"panshi {name} needs one of {', '.join(actions)}"
            break
        words = words[words.index(following[0]) + 1 :]
        parser, name = actions[following[0]], f"{name} {following[0]}"
        flags = flags_of(parser) | {"--json", "--lang"}
    unknown = [
        word for word in words if word.startswith("--") and word.partition("=")[0] not in flags
    ]
    return f"panshi {name} has no {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_every_command_shown_exists(page):
    wrong = [
        f"`panshi {line}`: {why}"
        for line in told(page.read_text(encoding="utf-8"))
        if (why := complaint(line))
    ]

    assert not wrong, f"{named(page)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_resolves(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = [
        target
        for target in LINK.findall(text)
        if not re.match(r"[a-z]+:", target)
        and target.partition("#")[0]
        and not (page.parent / target.partition("#")[0]).exists()
    ]

    assert not broken, f"{named(page)} points to {', '.join(broken)}"


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_every_make_verb_shown_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))
    code = code_of(page.read_text(encoding="utf-8"))

    shown = {verb for line in code for verb in re.findall(r"^\s*make ([a-z][a-z0-9-]*)", line)}

    assert shown <= verbs


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target).resolve() for target in LINK.findall(index)}
    decisions = ROOT / "docs" / "adr"

    pages = [page for page in (ROOT / "docs").rglob("*.md") if decisions not in page.parents]
    missing = [named(page) for page in pages if page.name != "README.md" and page not in linked]

    assert not missing


def test_the_two_readmes_begin_with_the_same_two_commands_and_a_picture():
    for name in ("README.md", "README.zh-TW.md"):
        lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line]
        assert lines[1:5] == ["```sh", "make run", "make test", "```"], name
        assert lines[5].startswith("!["), name


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("asess --framework zt36", "no verb 'asess'"),
        ("evidence proof ID", "panshi evidence has no 'proof'"),
        ("assess --gates II", "panshi assess has no --gates"),
        ("evidence list --json --kind host.users/1", ""),
        ("observe list a.csv --option kind=device.posture/1", ""),
    ],
)
def test_what_is_not_there_is_found(line, why):
    assert complaint(line) == why
