"""Strict reading of content files: every part knows its file and line, nothing is ignored.

YAML is composed into nodes, not into Python values, so that an id such as `2.10` stays text and
every problem can name its line. Unknown keys, duplicate keys, empty texts, aliases and files
beyond the limits are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import yaml

from panshi.errors import ContentError

MOST_BYTES = 4 * 1024 * 1024
"Far above the largest framework shipped; content files are read whole."
DEEPEST = 40

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TRUTH = {"true": True, "false": False}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One node of a content file with the file it stands in."""

    node: yaml.Node
    source: str

    @property
    def line(self) -> int:
        """Line in the file, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def place(self) -> str:
        """`file:line` for messages."""
        return f"{self.source}:{self.line}"

    def refuse(self, problem: str, remedy: str = "") -> ContentError:
        """Build the error that names this part's place."""
        return ContentError(problem, place=self.place, remedy=remedy)

    def keys(self, *, required: str = "", optional: str = "") -> dict[str, Part]:
        """Give the values of a mapping; `required` and `optional` list keys parted by spaces."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse("a mapping is expected here", "write `key: value` pairs")
        needed, allowed = required.split(), {*required.split(), *optional.split()}
        found: dict[str, Part] = {}
        for key_node, value_node in self.node.value:
            key = Part(node=key_node, source=self.source)
            name = key.text()
            if name not in allowed:
                raise key.refuse(
                    f"unknown key {name!r}", f"allowed here: {', '.join(sorted(allowed))}"
                )
            if name in found:
                raise key.refuse(f"key {name!r} occurs twice", "keep one of them")
            found[name] = Part(node=value_node, source=self.source)
        for name in needed:
            if name not in found:
                raise self.refuse(f"key {name!r} is missing", "add it")
        return found

    def items(self) -> tuple[Part, ...]:
        """Give the items of a list that holds at least one."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            raise self.refuse("a list with at least one item is expected here", "write `[…]`")
        return tuple(Part(node=item, source=self.source) for item in self.node.value)

    def is_list(self) -> bool:
        """Whether the part is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def text(self) -> str:
        """Give the text exactly as written, so that `2.10` is not 2.1."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.refuse("a text is expected here", "write a text that is not empty")
        return str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(item.text() for item in self.items())

    def whole(self, *, low: int | None = None, high: int | None = None) -> int:
        """Give a whole number within limits."""
        value = self.scalar()
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(f"{value!r} is not a whole number")
        if (low is not None and value < low) or (high is not None and value > high):
            limits = f"{low} or more" if high is None else f"{low} to {high}"
            raise self.refuse(f"{value} is out of range", f"write {limits}")
        return value

    def number(self) -> float:
        """Give a number."""
        value = self.scalar()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(f"{value!r} is not a number")
        return float(value)

    def flag(self) -> bool:
        """Give true or false."""
        value = self.scalar()
        if not isinstance(value, bool):
            raise self.refuse(f"{value!r} is neither true nor false")
        return value

    def scalar(self) -> str | int | float | bool:
        """Give a text, number or truth value as YAML types it."""
        text = self.text()
        match self.node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "bool" if text in _TRUTH:
                return _TRUTH[text]
            case "int" if _WHOLE.fullmatch(text):
                return int(text)
            case "float" if _DECIMAL.fullmatch(text):
                return float(text)
            case _:
                raise self.refuse(
                    f"{text!r} is not written plainly",
                    "write true, false or a decimal number, or quote it",
                )

    def word[Word: StrEnum](self, words: type[Word]) -> Word:
        """Give a member of an enumeration."""
        text = self.text()
        try:
            return words(text)
        except ValueError:
            raise self.refuse(f"unknown word {text!r}", f"one of: {', '.join(words)}") from None


def parsed(raw: bytes, *, source: str) -> Part:
    """Compose a content file; `source` is its name in messages."""
    if len(raw) > MOST_BYTES:
        raise ContentError(
            f"file of {len(raw)} bytes", place=source, remedy=f"at most {MOST_BYTES} are read"
        )
    try:
        text = raw.decode("utf-8")
        _refuse_aliases_and_depth(text, source)
        node = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise ContentError(
            f"byte {error.start} is not UTF-8", place=source, remedy="save the file as UTF-8"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = source if mark is None else f"{source}:{mark.line + 1}"
        problem = getattr(error, "problem", None) or str(error)
        raise ContentError(f"not YAML: {problem}", place=place) from error
    if node is None:
        raise ContentError("the file is empty", place=source)
    return Part(node=node, source=source)


def _refuse_aliases_and_depth(text: str, source: str) -> None:
    """Look at the events before composing, which would recurse as deep as the file nests.

    An alias is text that stands elsewhere: it cannot be reviewed where it is used, and a few of
    them can stand for gigabytes.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        place = source if mark is None else f"{source}:{mark.line + 1}"
        match event:
            case yaml.CollectionStartEvent():
                depth += 1
            case yaml.CollectionEndEvent():
                depth -= 1
            case yaml.AliasEvent():
                raise ContentError(
                    f"alias *{event.anchor}", place=place, remedy="write the part out here"
                )
        if depth > DEEPEST:
            raise ContentError(
                f"nested deeper than {DEEPEST} levels", place=place, remedy="flatten it"
            )
