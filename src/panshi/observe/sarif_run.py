"""What a SARIF run says of itself apart from its results: tool, rules, invocations, origin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from panshi.errors import BadInputError
from panshi.observe.reading.files import open_source
from panshi.observe.reading.json_events import Json, JsonCursor
from panshi.observe.reading.texts import clean

RUNS_READ = 500
RULES_READ = 100_000
_DRIVER = -1
_VERSION = re.compile(r"2\.[01]\.[0-9]")
_UNSAFE = re.compile(r"\s+")


@dataclass(slots=True)
class RunHead:
    """One run without its results."""

    index: int
    place: str
    tool: str = ""
    version: str = ""
    rules: int = 0
    subject: str = ""
    "Derived from the repository or the automation id; empty where neither is there."
    started: str = ""
    ended: str = ""
    failure: str = ""
    "Why the run says nothing of the system, empty where it does."
    _levels: dict[tuple[int, int], str] = field(default_factory=dict)
    "Configured level by tool component (-1 for the driver) and rule index."
    _levels_by_id: dict[str, str] = field(default_factory=dict)
    _ids: dict[tuple[int, int], str] = field(default_factory=dict)

    def add_rule(self, component: int, index: int, rule: Json, identifier: str = "") -> None:
        """Note a rule: its id and its configured level."""
        self.rules += 1
        if self.rules > RULES_READ:
            raise BadInputError(f"more than {RULES_READ:,} rules", place=self.place)
        if not isinstance(rule, dict):
            return
        identifier = clean(rule.get("id"), 200) or identifier
        self._ids[component, index] = identifier
        level = _configured(rule.get("defaultConfiguration"), "level") or _configured(
            rule.get("configuration"),
            "defaultLevel",  # 2.0
        )
        if level:
            self._levels[component, index] = level
            self._levels_by_id.setdefault(identifier, level)

    def override(self, descriptor: Json, level: str) -> None:
        """Note that an invocation configured a rule otherwise (3.20.5)."""
        if isinstance(descriptor, dict) and level:
            key = self._key(descriptor, descriptor)
            self._levels[key] = level
            self._levels_by_id[clean(descriptor.get("id"), 200) or self._ids.get(key, "")] = level

    def level(self, result: dict[str, object]) -> str:
        """Give the level the rule of a result has; `warning` where nothing says otherwise."""
        named = self._levels_by_id.get(self._named(result))
        return self._levels.get(self._rule_key(result)) or named or "warning"

    def rule_id(self, result: dict[str, object]) -> str:
        """Give the id of the rule of a result; for `CA1000/1` of a hierarchy, as it stands."""
        return self._named(result) or self._ids.get(self._rule_key(result), "")

    def _named(self, result: dict[str, object]) -> str:
        rule = result.get("rule")
        inner = rule.get("id") if isinstance(rule, dict) else None
        return clean(result.get("ruleId"), 200) or clean(inner, 200)

    def _rule_key(self, result: dict[str, object]) -> tuple[int, int]:
        rule = result.get("rule")
        reference = rule if isinstance(rule, dict) else {}
        index = result.get("ruleIndex", reference.get("index"))
        return self._key(reference, {"index": index})

    def _key(
        self, reference: dict[str, Json], own: dict[str, object] | dict[str, Json]
    ) -> tuple[int, int]:
        component = reference.get("toolComponent")
        where = component.get("index", _DRIVER) if isinstance(component, dict) else _DRIVER
        index = own.get("index")
        return (
            where if isinstance(where, int) else _DRIVER,
            index if isinstance(index, int) else _DRIVER,
        )


def read_heads(path: Path) -> tuple[RunHead, ...]:
    """Read the log without its results."""
    heads: list[RunHead] = []
    version, listed = "", False
    with open_source(path) as source:
        cursor = JsonCursor(source)
        if cursor.shape != "object":
            cursor.refuse("is not a SARIF log", "name another observer for this file")
        for key in cursor.members():
            if key == "version":
                version = _text(cursor.value())
            elif key == "runs":
                listed = True
                for index in cursor.elements():
                    if index >= RUNS_READ:
                        cursor.refuse(f"more than {RUNS_READ} runs", "split the log")
                    heads.append(_head(cursor, index))
        cursor.finish()
    if not listed or not _VERSION.match(version):
        raise BadInputError(
            f"is not a SARIF 2.1.0 log (version {version[:20]!r}"
            f"{'' if listed else ', no list of runs'})",
            place=str(path),
            remedy="export the log as SARIF 2.1.0",
        )
    return tuple(heads)


def _head(cursor: JsonCursor, index: int) -> RunHead:
    head = RunHead(index=index, place=cursor.place)
    results = automation = ""
    for key in cursor.members():
        match key:
            case "results":
                results = cursor.shape
            case "automationDetails":
                automation = _category(cursor.value())
            case _:
                _part(key, cursor, head)
    head.subject = head.subject or automation
    if results != "array":  # 3.14.23: no list means that there was no attempt to find any
        head.failure = head.failure or "the run carries no list of results: nothing was analysed"
    if not head.tool:
        raise BadInputError("a run without the name of its tool", place=head.place)
    return head


def _part(key: str, cursor: JsonCursor, head: RunHead) -> None:
    match key:
        case "tool":
            _tool(cursor, head)
        case "resources":
            _resources(cursor, head)
        case "invocations":
            for _ in cursor.elements():
                _invocation(cursor.value(), head)
        case "versionControlProvenance":
            for _ in cursor.elements():
                repository = _repository(cursor.value())
                head.subject = head.subject or repository


def _tool(cursor: JsonCursor, head: RunHead) -> None:
    for key in cursor.members():
        if key == "driver" and cursor.at("object"):
            _component(cursor, head, _DRIVER)
        elif key == "extensions" and cursor.at("array"):
            for index in cursor.elements():
                if cursor.at("object"):
                    _component(cursor, head, index)
        elif key in {"name", "version", "semanticVersion"}:  # 2.0
            _identity(key, _text(cursor.value()), head)


def _component(cursor: JsonCursor, head: RunHead, component: int) -> None:
    for key in cursor.members():
        if key == "rules" and cursor.shape == "array":
            for index in cursor.elements():
                head.add_rule(component, index, cursor.value())
        elif component == _DRIVER and key in {"name", "version", "semanticVersion"}:
            _identity(key, _text(cursor.value()), head)


def _identity(key: str, value: str, head: RunHead) -> None:
    if key == "name":
        head.tool = clean(value, 100)
    else:
        head.version = clean(value, 60) if key == "version" else head.version or clean(value, 60)


def _resources(cursor: JsonCursor, head: RunHead) -> None:
    """Read the rules of SARIF 2.0, by key or as a list."""
    for key in cursor.members():
        if key != "rules":
            continue
        if cursor.shape == "array":
            for index in cursor.elements():
                head.add_rule(_DRIVER, index, cursor.value())
        else:
            for index, name in enumerate(cursor.members()):
                head.add_rule(_DRIVER, index, cursor.value(), clean(name, 200))


def _invocation(value: Json, head: RunHead) -> None:
    if not isinstance(value, dict):
        return
    start, end = (
        _text(value.get(f"{each}TimeUtc") or value.get(f"{each}Time")) for each in ("start", "end")
    )
    head.started = min(filter(None, (head.started, start)), default="")
    head.ended = max(head.ended, end or start)
    if False in (value.get("executionSuccessful"), value.get("toolExecutionSuccessful")):
        why = _why(value)
        head.failure = f"the tool says that its run failed{': ' + why if why else ''}"
    overrides = value.get("ruleConfigurationOverrides")
    for each in overrides if isinstance(overrides, list) else []:
        if isinstance(each, dict):
            head.override(each.get("descriptor"), _configured(each.get("configuration"), "level"))


def _why(invocation: dict[str, Json]) -> str:
    """Give the first reason an invocation states for its failure."""
    for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        notes = invocation.get(key)
        for note in notes if isinstance(notes, list) else []:
            message = note.get("message") if isinstance(note, dict) else None
            text = clean(message.get("text"), 200) if isinstance(message, dict) else ""
            if text:
                return text
    for key in ("processStartFailureMessage", "exitCodeDescription", "exitSignalName"):
        if text := clean(invocation.get(key), 200):
            return text
    code = invocation.get("exitCode")
    return f"exit code {code}" if isinstance(code, int) else ""


def _configured(configuration: Json, key: str) -> str:
    return clean(configuration.get(key), 40) if isinstance(configuration, dict) else ""


def _repository(provenance: Json) -> str:
    uri = _text(provenance.get("repositoryUri")) if isinstance(provenance, dict) else ""
    last = re.split(r"[/:]", uri.rstrip("/"))[-1].removesuffix(".git")
    return _system(last)


def _category(details: Json) -> str:
    """Give the category of an automation id: all before its last slash (3.17.2)."""
    identifier = _text(details.get("id")) if isinstance(details, dict) else ""
    return _system((identifier.rpartition("/")[0] or identifier).strip("/"))


def _system(name: str) -> str:
    cleaned = _UNSAFE.sub("-", clean(name, 200))
    return f"system:{cleaned}" if cleaned else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
