"""Every published vers vector holds, or is listed with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from panshi.errors import BadInputError
from panshi.protection.supply_chain.vers import from_native, parse, parse_canonical
from panshi.protection.supply_chain.versions import compare, key

pytestmark = pytest.mark.data


def test_every_vector_holds_or_is_listed(
    vectors: Callable[[str], dict[str, str]],
    exceptions: dict[str, dict[str, dict[str, str]]],
) -> None:
    # Given the vectors of the specification
    judged = 0
    broken: dict[str, set[str]] = {}
    for name, text in vectors("vers-spec-tests.zip").items():
        for vector in json.loads(text)["tests"]:
            judged += 1
            # When each is answered
            if not _holds(vector):
                given = vector["input"]
                shown = given if isinstance(given, str) else list(given.values())
                if isinstance(given, dict):
                    shown = given.get("versions") or given.get("native_range") or shown
                broken.setdefault(name, set()).add(json.dumps([vector["test_type"], shown]))
    # Then exactly the listed ones differ
    assert broken == {name: set(listed) for name, listed in exceptions["vers"].items()}
    assert judged == 2701


def _holds(vector: dict[str, Any]) -> bool:
    try:
        got = _answer(vector["test_type"], vector["input"])
    except BadInputError as error:
        return bool(vector.get("expected_failure")) and error.problem == vector["expected_message"]
    return not vector.get("expected_failure") and got == vector["expected_output"]


def _answer(kind: str, given: Any) -> object:
    match kind:
        case "comparison":
            scheme = given["input_scheme"]
            return sorted(given["versions"], key=lambda version: key(scheme, version))
        case "equality":
            return compare(given["input_scheme"], *given["versions"]) == "="
        case "from_native":
            return str(from_native(given["scheme"], given["native_range"]))
        case "containment":
            return parse(given["vers"]).contains(given["version"])
        case "validate":
            return str(parse(given))
        case "parse":
            found = parse_canonical(given)
            pairs = [[str(each.comparator), each.version] for each in found.constraints]
            return {"scheme": found.scheme, "version_constraints": pairs}
        case _:
            raise AssertionError(kind)
