"""A set of policies as one value: Cedar files, schema, unit tests; named by its digest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from panshi.errors import BadInputError

FORMAT = "panshi-zero-trust-policies/1"
MOST_FILES = 200
MOST_CHARACTERS = 4_000_000
SHORT = 12
"Digits of a digest that people are shown."


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """One file of Cedar text."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class PolicySet:
    """Everything that decides, and the tests it must pass."""

    files: tuple[PolicyFile, ...]
    "In the order of their names; policies count through all of them."
    schema: str
    "Cedar schema: what may be said."
    tests: str = ""
    "Unit tests in YAML."
    fail_secure: bool = True
    "Whether every `permit` has to say what missing or doubtful signals mean."

    def __post_init__(self) -> None:
        """Refuse what is no set: nothing in it, too much in it, two files of one name."""
        names = [each.name for each in self.files]
        if not names or not any(each.text.strip() for each in self.files):
            raise BadInputError(
                "a set without policies", remedy="it would deny everything; write one policy"
            )
        if names != sorted(set(names)):
            raise BadInputError("files of a set are named once and stand in the order of names")
        if len(names) > MOST_FILES or self._characters > MOST_CHARACTERS:
            raise BadInputError(
                f"a set has at most {MOST_FILES} files and {MOST_CHARACTERS:,} characters"
            )

    @property
    def _characters(self) -> int:
        return sum(len(each.text) for each in self.files) + len(self.schema) + len(self.tests)

    @classmethod
    def of(
        cls, files: dict[str, str], schema: str, tests: str = "", *, fail_secure: bool = True
    ) -> PolicySet:
        """Make a set from texts by file name."""
        found = tuple(PolicyFile(name=name, text=_lines(files[name])) for name in sorted(files))
        return cls(files=found, schema=_lines(schema), tests=_lines(tests), fail_secure=fail_secure)

    @cached_property
    def text(self) -> str:
        """All files one after the other, as the engine reads them."""
        return "\n".join(each.text for each in self.files)

    @cached_property
    def canonical(self) -> bytes:
        """The bytes that are kept and whose digest is the version."""
        value = {
            "format": FORMAT,
            "files": {each.name: each.text for each in self.files},
            "schema": self.schema,
            "tests": self.tests,
            "fail_secure": self.fail_secure,
        }
        return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()

    @cached_property
    def version(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256(self.canonical).hexdigest()


def read_set(raw: bytes, *, source: str) -> PolicySet:
    """Read a set from its canonical bytes."""
    try:
        value: Any = json.loads(raw)
    except ValueError as error:
        raise BadInputError(f"not JSON: {error}", place=source) from error
    files = value.get("files") if isinstance(value, dict) else None
    if not isinstance(files, dict) or value.get("format") != FORMAT:
        raise BadInputError(f"not a set of policies ({FORMAT})", place=source)
    texts = (*files, *files.values(), value.get("schema"), value.get("tests"))
    if not all(isinstance(each, str) for each in texts):
        raise BadInputError("files, schema and tests are texts", place=source)
    if not isinstance(value.get("fail_secure"), bool):
        raise BadInputError("fail_secure is neither true nor false", place=source)
    return PolicySet.of(files, value["schema"], value["tests"], fail_secure=value["fail_secure"])


def _lines(text: str) -> str:
    """End every line the same way, so that an editor's habit makes no new version."""
    lines = text.replace("\r\n", "\n").split("\n")
    joined = "\n".join(line.rstrip() for line in lines).rstrip("\n")
    return joined + "\n" if joined else ""
