"""Where each policy of a text begins and ends, so that a message can name file and line.

Cedar's own messages name policies by number and give no lines. A policy ends at the first semicolon
outside strings and comments (Cedar grammar, `Policy`), which is all that has to be known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from panshi.protection.zero_trust.policies.policy_set import PolicySet

_TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"?|;|\s+|[^\s";/]+|/')
_ANNOTATION = re.compile(r'@(\w+)(?:\s*\(\s*("(?:\\.|[^"\\\n])*")\s*\))?')
_EFFECT = re.compile(r"\b(permit|forbid)\s*\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One policy as it is written."""

    index: int
    "Place among all policies of the set, from 0; Cedar names it `policy<index>`."
    file: str
    line: int
    "First line, from 1: where its annotations or its effect begin."
    text: str
    name: str
    "Its `@id`, or `policy<index>`."
    effect: str
    "`permit` or `forbid`; empty where the text is neither."
    annotations: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    "What is written above it."

    def annotation(self, name: str) -> str | None:
        """Give the text of an annotation; None where there is none."""
        return dict(self.annotations).get(name)

    def line_of(self, *wanted: str) -> int:
        """Give the line where the first of some texts stands; the policy's first line else."""
        for each in wanted:
            place = self.text.find(each) if each else -1
            if place >= 0:
                return self.line + self.text.count("\n", 0, place)
        return self.line


def statements(policies: PolicySet) -> tuple[Statement, ...]:
    """Part every file of a set into its policies."""
    found: list[Statement] = []
    for file in policies.files:
        for line, text, comment in _parts(file.text):
            found.append(_statement(len(found), file.name, line, text, comment))
    return tuple(found)


def _parts(text: str) -> Iterator[tuple[int, str, str]]:
    """Give line, text and comment above of every policy; what is left unended comes last."""
    start, at, comments = -1, 0, list[str]()
    for token in _TOKEN.finditer(text):
        word = token.group()
        at = token.end()
        if start < 0:
            if word.isspace():
                if word.count("\n") > 1:
                    comments.clear()
                continue
            if word.startswith("//"):
                comments.append(word[2:].strip())
                continue
            start = token.start()
        if word == ";":
            yield text.count("\n", 0, start) + 1, text[start:at], "\n".join(comments)
            start = -1
            comments.clear()
    if start >= 0:
        yield text.count("\n", 0, start) + 1, text[start:].rstrip(), "\n".join(comments)


def _statement(index: int, file: str, line: int, text: str, comment: str) -> Statement:
    effect = _EFFECT.search(_without_strings(text))
    head = text[: effect.start()] if effect else text
    notes = tuple(
        (each.group(1), _plain(each.group(2) or '""')) for each in _ANNOTATION.finditer(head)
    )
    return Statement(
        index=index,
        file=file,
        line=line,
        text=text,
        name=dict(notes).get("id") or f"policy{index}",
        effect=effect.group(1) if effect else "",
        annotations=notes,
        comment=comment,
    )


def _without_strings(text: str) -> str:
    """Blank comments and strings, so that what they say is not taken for the policy."""
    return _TOKEN.sub(
        lambda token: (
            " " * len(token.group())
            if token.group()[:1] == '"' or token.group()[:2] == "//"
            else token.group()
        ),
        text,
    )


def _plain(quoted: str) -> str:
    """Read a Cedar string literal; its escapes are those of Rust."""
    escapes = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}

    def read(found: re.Match[str]) -> str:
        if found.group(1):
            return chr(int(found.group(1), 16))
        return escapes.get(found.group(2), found.group(2))

    return re.sub(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))", read, quoted[1:-1])
