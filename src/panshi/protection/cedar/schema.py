"""A Cedar schema: what it validates, and what it makes explicit in JSON documents.

With a schema, JSON may name an entity or an address without saying that it is one. Cedar's own
parser reads such documents; here only their explicit form is taken on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cedarpy

from panshi.errors import BadInputError, ContentError
from panshi.protection.cedar.documents import Json, read_record
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.values import Normal, Uid


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A parsed schema."""

    handle: cedarpy.Schema
    source: str
    "File name, for messages."

    @classmethod
    def parse(cls, text: str, *, source: str = "schema") -> Schema:
        """Parse Cedar schema text or its JSON form."""
        parse = (
            cedarpy.Schema.from_json_str
            if text.lstrip().startswith("{")
            else cedarpy.Schema.from_str
        )
        try:
            return cls(handle=parse(text), source=source)
        except ValueError as error:
            raise ContentError(f"not a valid Cedar schema: {error}", place=source) from error

    def validate(self, policies: str) -> tuple[tuple[str, str], ...]:
        """Say which policies break the schema: policy id and finding."""
        found = cedarpy.validate_policies(policies, self.handle)
        return tuple((each.policy_id, each.error) for each in found.errors)

    def read_context(self, action: Uid, document: Mapping[str, Json]) -> dict[str, Normal]:
        """Read a request's context as the schema types it for this action."""
        # Partial evaluation leaves a policy on an unknown principal as it stands, with the
        # context in it written out; there is no shorter way to have Cedar read a context.
        asked = {"action": f"{action.type}::{json.dumps(action.id)}", "context": dict(document)}
        text = "permit(principal, action, resource) when { principal == context };"
        answer = cedarpy.is_authorized_partial(asked, text, "[]", self.handle)
        if answer.diagnostics.errors or not answer.residuals:
            raise BadInputError(
                f"the context does not fit the schema: {'; '.join(answer.diagnostics.errors)}",
                place=self.source,
            )
        return _context_of(answer.residuals)


def _context_of(residuals: Mapping[str, Any]) -> dict[str, Normal]:
    (policy,) = residuals.values()
    try:
        body = policy["conditions"][0]["body"]
        while "&&" in body:
            body = body["&&"]["right"]
        return read_record(_plain(body["=="]["right"]))
    except (KeyError, TypeError, ValueError, EvaluationError) as error:
        raise BadInputError(f"Cedar gave the context in an unknown form: {error!r}") from error


def _plain(node: Any) -> Json:  # noqa: ANN401 -- JSON
    """Turn the constant expression Cedar wrote into a JSON document."""
    match node:
        case {"Value": value}:
            return value  # type: ignore[no-any-return]
        case {"Record": Mapping() as fields}:
            return {name: _plain(each) for name, each in fields.items()}
        case {"Set": [*elements]}:
            return [_plain(each) for each in elements]
        case _:
            ((function, arguments),) = node.items()
            values = [_plain(each) for each in arguments]
            if len(values) == 1:
                return {"__extn": {"fn": function, "arg": values[0]}}
            return {"__extn": {"fn": function, "args": values}}
