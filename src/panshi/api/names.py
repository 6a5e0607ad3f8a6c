"""The named parts of paths: what each stands for, its form, and one that exists on the demo bank.

A route whose name is missing here fails a test, because nobody could document or try it.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One named part of paths."""

    description: str
    example: str


NAMES: dict[str, Name] = {
    "account": Name(description="Name of an account", example="ana"),
    "asset": Name(description="Id of an asset, `<kind>:<name>`", example="host:dc1-core-01"),
    "control": Name(description="Key of a control, `<framework>/<control>`", example="zt36/1-1"),
    "estate": Name(description="Id of an estate", example="demo-bank"),
    "framework": Name(description="Id of a framework", example="zt36"),
    "id": Name(description="Id of an observation", example="0123456789abcdef0123456789abcdef"),
    "kind": Name(description="Kind of object", example="control"),
    "number": Name(description="Number of an exception or attestation", example="EX-2026-001"),
    "parameter": Name(description="Name of a governed threshold", example="confidence"),
    "report": Name(description="Kind of a report", example="board"),
    "source": Name(description="Name of an observer", example="nmap"),
    "token": Name(description="Name of a token", example="ci"),
}
