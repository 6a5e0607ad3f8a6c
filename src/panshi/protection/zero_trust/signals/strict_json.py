"""JSON from strangers, read so that two readers cannot understand it differently.

RFC 8259 leaves open what a name that stands twice means; RFC 8725 section 2.4 tells what follows
from that in tokens. Here it is refused, and so are numbers that are none, texts no UTF-8 can carry,
and anything too large, too deep or too wide.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite

from panshi.protection.zero_trust.signals.refusal import bad_request

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a stranger's text is read."""

    bytes: int = 64 * 1024
    depth: int = 12
    values: int = 4_000
    "Values in the whole document, counted with those inside others."


ORDINARY = Limits()


def read_object(raw: bytes | str, limits: Limits = ORDINARY) -> dict[str, Json]:
    """Read one JSON object, or refuse it as no request."""
    if len(raw) > limits.bytes:
        raise bad_request(
            f"the document is larger than {limits.bytes} bytes",
            f"文件大於 {limits.bytes} 個位元組",
        )
    try:
        found = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise bad_request("the document is not JSON", "文件不是 JSON") from error
    if not isinstance(found, dict):
        raise bad_request("the document is not a JSON object", "文件不是 JSON 物件")
    _within(found, limits)
    return found


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad_request("a member stands twice in one object", "同一物件中有重複的成員")
    return found


def _no_number(name: str) -> Json:
    raise bad_request(f"{name} is no JSON number", f"{name} 不是 JSON 數值")


def _within(document: Json, limits: Limits) -> None:
    level: list[Json] = [document]
    count = depth = 0
    while level:
        depth += 1
        count += len(level)
        if depth > limits.depth or count > limits.values:
            raise bad_request("the document is too deep or too wide", "文件層次過深或項目過多")
        inner: list[Json] = []
        for value in level:
            match value:
                case dict():
                    inner.extend(value)
                    inner.extend(value.values())
                case list():
                    inner.extend(value)
                case str():
                    _printable(value)
                case float():
                    _finite(value)
                case _:
                    pass
        level = inner


def _printable(text: str) -> None:
    if text.isascii():
        if "\0" not in text:
            return
    else:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise bad_request("a text is not Unicode", "有文字不是有效的 Unicode") from error
        if "\0" not in text:
            return
    raise bad_request("a text holds a zero character", "文字中有空字元")


def _finite(number: float) -> None:
    if not isfinite(number):
        raise bad_request("a number is out of range", "數值超出範圍")
