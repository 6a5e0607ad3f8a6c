"""What a person writes of an advisory, in a file, a form or a request."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import msgspec
from msgspec import Meta

from panshi.model.bodies.disclosure import DisclosureAdvisory

type Line = Annotated[str, Meta(max_length=300)]
type Text = Annotated[str, Meta(max_length=10_000)]


class Drafted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An advisory but for who writes it, which is whoever hands it in."""

    headline: Line
    summary: Text
    vendor: Line
    product: Line
    affected_version: Line
    remediation: Text
    fixed_version: Line = ""
    purl: Line = ""
    cve: Line = ""
    cwe: Line = ""
    cwe_name: Line = ""
    cvss: Line = ""
    language: Annotated[str, Meta(pattern="^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{2,8})*$")] = "zh-TW"
    change: Line = ""

    def body(self, written_by: str) -> DisclosureAdvisory:
        """Give what is sealed."""
        return DisclosureAdvisory(**msgspec.structs.asdict(self), written_by=written_by)


def drafted_of(body: DisclosureAdvisory) -> Drafted:
    """Give an advisory as it can be written on."""
    parts = {name: value for name, value in asdict(body).items() if name != "written_by"}
    return Drafted(**parts)
