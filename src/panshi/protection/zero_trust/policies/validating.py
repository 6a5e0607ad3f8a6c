"""Whether the texts of a set are Cedar, and fit the schema; every message with file and line.

Cedar's validator is strict (it refuses to read an optional attribute that was not asked for by
`has`), and is asked policy by policy, because some of its messages name none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import cedarpy

from panshi.protection.zero_trust.policies.issue import Issue, Level
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.statements import Statement

_QUOTED = re.compile(r"`([^`]+)`")
_NUMBERED = re.compile(r"^for policy `policy\d+`, ")
_MEANINGS = (
    (
        re.compile(r"access to optional attribute `([^`]+)`"),
        "讀取選填屬性 {0} 之前須先以 has 確認",
        "{0} is optional: ask with `has` before it is read",
    ),
    (re.compile(r"attribute `([^`]+)`.*not found"), "綱要中沒有屬性 {0}", ""),
    (re.compile(r"unrecognized action `([^`]+)`"), "綱要中沒有行為 {0}", ""),
    (re.compile(r"unrecognized entity type `([^`]+)`"), "綱要中沒有實體類型 {0}", ""),
    (re.compile(r"unable to find an applicable action"), "沒有任何行為符合此適用範圍", ""),
    (re.compile(r"the types (\S+) and (\S+) are not compatible"), "{0} 與 {1} 無法比較", ""),
    (re.compile(r"expected (\S+) but saw (\S+)"), "應為 {0}，卻是 {1}", ""),
    (re.compile(r"`([^`]+)` is not a valid function"), "沒有函式 {0}", ""),
    (re.compile(r"unexpected token `([^`]*)`"), "此處不應出現「{0}」", ""),
    (re.compile(r"unexpected end of input"), "敘述未結束", ""),
    (re.compile(r"invalid token"), "無法辨識的字元，或字串未結束", ""),
)
"What a message means: how it is known, in Chinese, and in English where it can be said plainer."


def validate(policies: PolicySet, parts: tuple[Statement, ...]) -> tuple[Issue, ...]:
    """Give everything Cedar has to say; empty where the set is valid."""
    try:
        schema = cedarpy.Schema.from_str(policies.schema)
    except ValueError as error:
        return (_of_schema(policies.schema, str(error)),)
    if not parts:
        said = Issue(
            level=Level.ERROR,
            code="empty",
            file=policies.files[0].name,
            line=1,
            zh="沒有任何政策；空的政策集會拒絕一切",
            en="there is no policy; an empty set would deny everything",
        )
        return (said,)
    return tuple(issue for part in parts for issue in _of_policy(part, schema))


def _of_policy(part: Statement, schema: cedarpy.Schema) -> Iterator[Issue]:
    found = cedarpy.validate_policies(part.text, schema)
    told: set[tuple[int, str]] = set()
    for error in found.errors:
        message = _NUMBERED.sub("", error.error)
        syntax = message.startswith("Policy parse error: ")
        message = message.removeprefix("Policy parse error: ")
        zh, en = meaning(message)
        line = _line(part, message)
        if (line, zh) not in told:
            told.add((line, zh))
            yield Issue(
                level=Level.ERROR,
                code="syntax" if syntax else "schema",
                file=part.file,
                line=line,
                policy=part.name,
                zh=zh,
                en=en,
            )


def meaning(message: str) -> tuple[str, str]:
    """Say in both languages what a message of Cedar means."""
    for pattern, zh, en in _MEANINGS:
        found = pattern.search(message)
        if found is not None:
            return zh.format(*found.groups()), en.format(*found.groups()) if en else message
    return f"不合綱要：{message}", message


def _line(part: Statement, message: str) -> int:
    """Find the line a message speaks of: where the thing it quotes is read, else written."""
    if message == "unexpected end of input":
        return part.line + part.text.count("\n")
    for quoted in _QUOTED.findall(message):
        name = quoted.rpartition(".")[2] if "::" not in quoted else quoted
        line = part.line_of(f".{name}", f"has {name}", quoted, name)
        if line != part.line or quoted in part.text.split("\n", 1)[0]:
            return line
    return part.line


def _of_schema(text: str, message: str) -> Issue:
    message = message.removeprefix("error parsing schema: ")
    zh, en = meaning(message)
    quoted = _QUOTED.search(message)
    place = text.find(quoted.group(1)) if quoted else -1
    line = text.count("\n", 0, place) + 1 if place >= 0 else 0
    return Issue(
        level=Level.ERROR,
        code="schema-syntax",
        file="schema",
        line=line,
        zh=f"綱要無法讀取：{zh.removeprefix('不合綱要：')}",
        en=f"the schema cannot be read: {en}",
    )
