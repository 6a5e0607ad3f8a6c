"""A corpus of Cedar decisions: what a file expects, what Cedar says, what we say.

The layout is that of Cedar's own integration tests (cedar-policy/cedar-integration-tests,
README: test format): one JSON object names policies, entities and schema and lists requests with
the decision, the determining policies and the policies that err.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cedarpy

from panshi.errors import BadInputError, PanshiError
from panshi.protection.cedar import reference
from panshi.protection.cedar.compiled import CompiledPolicies, compile_policies
from panshi.protection.cedar.decision import Decision, Request
from panshi.protection.cedar.documents import read_record, write_uid
from panshi.protection.cedar.entities import EntityStore
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.schema import Schema
from panshi.protection.cedar.values import Uid

UNSPECIFIED = "Unspecified"
"Type that stands in where an older corpus leaves principal, action or resource open."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Decision, determining policies and erring policies; order does not count."""

    decision: str
    reasons: tuple[str, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file of the corpus with the texts it names."""

    name: str
    policies: tuple[str, str]
    "File and text; so are the next two."
    entities: tuple[str, str]
    schema: tuple[str, str] | None
    valid: bool | None
    "Whether the policies should fit the schema."
    requests: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One request, three answers; or why there are none."""

    file: str
    number: int
    "Of the request in its file, from 1; 0 for the file as a whole."
    description: str
    expected: Answer | None = None
    cedar: Answer | None = None
    ours: Answer | None = None
    compiled: bool = False
    problem: str = ""
    "Why it could not be compared."

    @property
    def differs(self) -> bool:
        """Whether the three are not one."""
        return bool(self.problem) or not self.expected == self.cedar == self.ours


def compare(case: Case) -> Iterator[Finding]:
    """Decide every request of a file; what cannot be read is a finding for each of them."""
    try:
        schema = Schema.parse(case.schema[1], source=case.schema[0]) if case.schema else None
        compiled = compile_policies(case.policies[1], source=case.policies[0])
        entities = EntityStore.from_json(case.entities[1], schema, source=case.entities[0])
    except PanshiError as error:
        for number, document in enumerate(case.requests, 1):
            yield Finding(
                file=case.name,
                number=number,
                description=_description(document),
                problem=str(error),
            )
        return
    for number, document in enumerate(case.requests, 1):
        yield _compared(case, number, document, (compiled, entities, schema))


def validation(case: Case) -> str:
    """Say how Cedar's validator and the file disagree about the policies, if they do."""
    if case.schema is None or case.valid is None:
        return ""
    try:
        schema = Schema.parse(case.schema[1], source=case.schema[0])
        text = case.policies[1]
        if text.lstrip().startswith("{"):
            text = cedarpy.policies_from_json_str(text)
        findings = schema.validate(text)
    except (PanshiError, ValueError) as error:
        return str(error)
    if bool(findings) != case.valid:
        return ""
    return findings[0][1] if findings else "the policies fit the schema although they should not"


def _compared(
    case: Case,
    number: int,
    document: Mapping[str, Any],
    setting: tuple[CompiledPolicies, EntityStore, Schema | None],
) -> Finding:
    compiled, entities, schema = setting
    description = _description(document)
    try:
        request = _request(document, schema)
        ours = compiled.decide(request, entities)
        cedar = _by_cedar(document, request, setting)
        expected = _expected(document)
    except (PanshiError, EvaluationError, ValueError, TypeError, KeyError) as error:
        return Finding(file=case.name, number=number, description=description, problem=str(error))
    return Finding(
        file=case.name,
        number=number,
        description=description,
        expected=expected,
        cedar=_answer(cedar),
        ours=_answer(ours),
        compiled=ours.compiled,
    )


def _description(document: Mapping[str, Any]) -> str:
    return str(document.get("description", document.get("desc", "")))


def _request(document: Mapping[str, Any], schema: Schema | None) -> Request:
    principal, action, resource = (
        _uid(document.get(name), name) for name in ("principal", "action", "resource")
    )
    given = document.get("context") or {}
    if schema is not None and action.type != UNSPECIFIED:
        try:
            return Request(principal, action, resource, schema.read_context(action, given))
        except BadInputError:
            if document.get("validateRequest", True):
                raise
    return Request(principal, action, resource, read_record(given))


def _uid(document: Any, name: str) -> Uid:  # noqa: ANN401 -- JSON
    match document:
        case None:
            return Uid(UNSPECIFIED, name)
        case {"__entity": inner} | {"__expr": inner}:
            return _uid(inner, name)
        case {"type": str(kind), "id": str(identifier)}:
            return Uid(kind, identifier)
        case str() if '::"' in document and document.endswith('"'):
            kind, _, quoted = document.partition('::"')
            return Uid(kind, json.loads(f'"{quoted}'))
        case _:
            raise BadInputError(f"{name} is no entity: {document!r}")


def _by_cedar(
    document: Mapping[str, Any],
    request: Request,
    setting: tuple[CompiledPolicies, EntityStore, Schema | None],
) -> Decision:
    """Ask cedarpy with the document as it stands, where its request is to be validated."""
    compiled, entities, schema = setting
    if schema is None or not document.get("validateRequest", True):
        return reference.decide(compiled.handle, request, entities.handle())
    asked = {name: write_uid(getattr(request, name)) for name in request._fields[:3]}
    asked_in_context = {**asked, "context": document.get("context") or {}}
    answer = cedarpy.is_authorized(
        asked_in_context, compiled.handle, entities.handle(), schema.handle
    )
    if answer.decision is cedarpy.Decision.NoDecision:
        raise BadInputError(f"Cedar refuses the request: {'; '.join(answer.diagnostics.errors)}")
    return reference.read_answer(answer)


def _expected(document: Mapping[str, Any]) -> Answer:
    decision = document["decision"]
    reasons = document.get("reason", document.get("reasons", ()))
    return Answer(
        decision=str(decision).lower(),
        reasons=tuple(sorted(map(str, reasons), key=reference.natural)),
        errors=tuple(sorted(map(str, document.get("errors", ())), key=reference.natural)),
    )


def _answer(decision: Decision) -> Answer:
    return Answer(
        decision="allow" if decision.allowed else "deny",
        reasons=decision.reasons,
        errors=tuple(each.policy for each in decision.errors),
    )
