r"""Unit tests of a set: given entities and context, an answer and its reasons are expected.

    entities:
      - uid: User::"lin"
        parents: [Role::"staff", Team::"system:core"]
        attributes: {enabled: true}
    contexts:
      office: {session: {assurance: 2}, signals: {missing: [], stale: [], conflicting: []}}
    tests:
      - name: Staff read what they have an account on
        principal: User::"lin"
        action: read
        resource: System::"core"
        given: office
        context: {trust: {level: 60}}
        expect: allow
        reasons: [staff-use]

A text written `Type::"id"` is an entity. `context` is laid over what is `given`; `null` takes a
part away, because what is not known is left out. Without `reasons` any reason will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from panshi.errors import BadInputError, PanshiError
from panshi.protection.cedar import Entity, EntityStore, Request, Schema, Uid, Value
from panshi.protection.cedar.documents import write_record
from panshi.protection.zero_trust.policies.issue import Issue, Level
from panshi.protection.zero_trust.policies.ruling import Judge, Ruling, ruling

_UID = re.compile(r'([A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)::"((?:\\.|[^"\\])*)"')
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARTS = frozenset(
    {"name", "principal", "action", "resource", "given", "context", "expect", "reasons"}
)
MOST_TESTS = 5_000
MOST_DEPTH = 12
SOURCE = "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One expectation."""

    name: str
    line: int
    request: Request
    allowed: bool
    reasons: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The tests of a set with the entities they are about."""

    entities: tuple[Entity, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one test ended."""

    case: Case
    ruling: Ruling

    @property
    def passed(self) -> bool:
        """Whether the answer, and where they are named the reasons, are as expected."""
        wanted = self.case.reasons
        return self.ruling.allowed is self.case.allowed and (
            wanted is None or wanted == self.ruling.reasons
        )


def read_suite(text: str) -> Suite:
    """Read the tests of a set; a fault names its line."""
    root = _mapping(_composed(text)) if text.strip() else {}
    _refuse_unknown(root, {"entities", "contexts", "tests"})
    entities = tuple(_entity(each) for each in _items(root.get("entities")))
    contexts = {name: _value(node) for name, node in _mapping(root.get("contexts")).items()}
    nodes = list(_items(root.get("tests")))
    if len(nodes) > MOST_TESTS:
        raise _fault(nodes[MOST_TESTS], f"more than {MOST_TESTS:,} tests")
    return Suite(entities=entities, cases=tuple(_case(each, contexts) for each in nodes))


def run_tests(
    suite: Suite, judge: Judge, schema: Schema, *, fail_secure: bool
) -> tuple[Result, ...]:
    """Run every test; entities and contexts that break the schema are refused."""
    store = entities_of(suite.entities, schema)
    for case in suite.cases:
        _refuse_untyped(case, schema)
    return tuple(
        Result(case=case, ruling=ruling(judge, case.request, store, fail_secure=fail_secure))
        for case in suite.cases
    )


def entities_of(entities: tuple[Entity, ...], schema: Schema) -> EntityStore:
    """Give a store of entities that fit a schema, with the actions of the schema."""
    given = EntityStore(entities).to_json()
    return EntityStore.from_json(given, schema, source=SOURCE)


def _refuse_untyped(case: Case, schema: Schema) -> None:
    request = case.request
    try:
        schema.read_context(request.action, write_record(request.context))
    except (ValueError, PanshiError) as error:
        raise BadInputError(
            f"the context of {case.name!r} breaks the schema: {error}",
            place=f"{SOURCE}:{case.line}",
        ) from error


def test_issues(results: tuple[Result, ...], names: tuple[str, ...]) -> Iterator[Issue]:
    """Tell failed tests, and policies that decided in none."""
    for result in results:
        if not result.passed:
            yield _failed(result)
    decided = {reason for result in results for reason in result.ruling.reasons}
    if not results:
        yield _about_tests(
            "沒有單元測試；至少要有一個",
            "there is no unit test; one at least is wanted",
            "no-tests",
        )
    for name in sorted(set(names) - decided) if results else ():
        yield _about_tests(
            f"沒有任何測試由政策 {name} 決定",
            f"no test is decided by the policy {name}",
            "untested",
            level=Level.WARNING,
            policy=name,
        )


def _failed(result: Result) -> Issue:
    case, said = result.case, result.ruling
    words_zh, words_en = {True: "准許", False: "拒絕"}, {True: "allow", False: "deny"}
    why = ", ".join((*said.reasons, *said.errors)) or "–"
    wanted = "" if case.reasons is None else f" [{', '.join(case.reasons)}]"
    return Issue(
        level=Level.ERROR,
        code="test-failed",
        file=SOURCE,
        line=case.line,
        zh=f"測試「{case.name}」：應{words_zh[case.allowed]}{wanted}，"
        f"實為{words_zh[said.allowed]}（{why}）",
        en=f"test {case.name!r}: expected {words_en[case.allowed]}{wanted}, "
        f"got {words_en[said.allowed]} ({why})",
    )


def _about_tests(
    zh: str, en: str, code: str, *, level: Level = Level.ERROR, policy: str = ""
) -> Issue:
    return Issue(level=level, code=code, file=SOURCE, line=0, policy=policy, zh=zh, en=en)


# -- reading --------------------------------------------------------------------------------------


def _composed(text: str) -> yaml.Node | None:
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise BadInputError(
                    "aliases are not read", place=f"{SOURCE}:{line}", remedy="write it out"
                )
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInputError(f"not YAML: {error.problem}", place=f"{SOURCE}:{line}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadInputError(f"not YAML: {error}", place=SOURCE) from error
    return node


def _fault(node: yaml.Node, problem: str, remedy: str = "") -> BadInputError:
    return BadInputError(problem, place=f"{SOURCE}:{_line(node)}", remedy=remedy)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 0


def _mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise _fault(node, "expected names with values")
    found: dict[str, yaml.Node] = {}
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode) or name.value in found:
            raise _fault(name, "a name stands twice or is no text")
        found[name.value] = value
    return found


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise _fault(node, "expected a list")
    return list(node.value)


def _refuse_unknown(found: Mapping[str, yaml.Node], known: frozenset[str] | set[str]) -> None:
    for name in found:
        if name not in known:
            raise _fault(found[name], f"unknown part {name!r}", f"there are {sorted(known)}")


def _entity(node: yaml.Node) -> Entity:
    found = _mapping(node)
    _refuse_unknown(found, {"uid", "parents", "attributes"})
    if "uid" not in found:
        raise _fault(node, "an entity without uid")
    return Entity(
        _uid(found["uid"]),
        {name: _value(each) for name, each in _mapping(found.get("attributes")).items()},
        frozenset(_uid(each) for each in _items(found.get("parents"))),
    )


def _case(node: yaml.Node, contexts: Mapping[str, Any]) -> Case:
    found = _mapping(node)
    _refuse_unknown(found, _PARTS)
    for name in ("name", "principal", "action", "resource", "expect"):
        if name not in found:
            raise _fault(node, f"a test without {name!r}")
    expected = _text(found["expect"])
    if expected not in {"allow", "deny"}:
        raise _fault(found["expect"], f"{expected!r} is neither allow nor deny")
    context: Any = {}
    if "given" in found:
        name = _text(found["given"])
        if name not in contexts:
            raise _fault(found["given"], f"no context is named {name!r}")
        context = contexts[name]
    if "context" in found:
        context = _over(context, _value(found["context"]))
    if not isinstance(context, dict):
        raise _fault(node, "a context is names with values")
    wanted = tuple(sorted(map(_text, _items(found["reasons"])))) if "reasons" in found else None
    return Case(
        name=_text(found["name"]),
        line=_line(node),
        request=Request(
            _uid(found["principal"]),
            _uid(found["action"], bare="Action"),
            _uid(found["resource"]),
            _known(context),
        ),
        allowed=expected == "allow",
        reasons=wanted,
    )


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise _fault(node, "expected a text")
    return str(node.value)


def _uid(node: yaml.Node, *, bare: str = "") -> Uid:
    text = _text(node)
    found = uid_of(text)
    if found is not None:
        return found
    if bare and re.fullmatch(r"[\w.:-]+", text) and "::" not in text:
        return Uid(bare, text)
    raise _fault(node, f"{text[:80]!r} names no entity", 'write Type::"id"')


def uid_of(text: str) -> Uid | None:
    """Read an entity written as Cedar does; None where the text is none."""
    found = _UID.fullmatch(text)
    if found is None:
        return None
    return Uid(found.group(1), re.sub(r"\\(.)", r"\1", found.group(2)))


def _value(node: yaml.Node, depth: int = 0) -> Any:  # noqa: ANN401 -- any Cedar value, or None
    if depth > MOST_DEPTH:
        raise _fault(node, "nested too deep")
    if isinstance(node, yaml.MappingNode):
        return {name: _value(each, depth + 1) for name, each in _mapping(node).items()}
    if isinstance(node, yaml.SequenceNode):
        return tuple(_value(each, depth + 1) for each in node.value)
    match node.tag.rpartition(":")[2]:
        case "bool":
            return node.value.lower() in {"true", "yes", "on"}
        case "int" if re.fullmatch(r"-?\d{1,18}", node.value):
            return int(node.value)
        case "null":
            return None
        case "str":
            return uid_of(node.value) or str(node.value)
        case _:
            raise _fault(node, f"{node.value[:40]!r} is no Cedar value", "quote it")


def _over(below: Any, above: Any) -> Any:  # noqa: ANN401 -- as above
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {name: _over(below.get(name), value) for name, value in above.items()}


def _known(context: dict[str, Any]) -> dict[str, Value]:
    """Leave out what is said to be unknown."""
    return {
        name: _known(value) if isinstance(value, dict) else value
        for name, value in context.items()
        if value is not None
    }
