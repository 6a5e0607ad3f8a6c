"""The work roles of the NICE Framework, for which projects state hours."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.governance.frameworks.reading import parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRole:
    """One work role."""

    id: str
    title_zh: str
    title_en: str


def load_work_roles(raw: bytes, *, source: str) -> dict[str, WorkRole]:
    """Read `work_roles.yaml` into roles by id."""
    found: dict[str, WorkRole] = {}
    for part in parsed(raw, source=source).keys(required="source roles")["roles"].items():
        keys = part.keys(required="id title_zh title_en")
        role = WorkRole(
            id=keys["id"].text(),
            title_zh=keys["title_zh"].text(),
            title_en=keys["title_en"].text(),
        )
        if role.id in found:
            raise part.refuse(f"role {role.id} occurs twice", "keep one")
        found[role.id] = role
    return found
