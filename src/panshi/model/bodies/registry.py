"""The registry of observation kinds: dotted name with a version → body type and titles.

A kind never changes meaning: a body that needs other fields gets a new version beside the old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from panshi.errors import BadInputError
from panshi.model.observation import Body

KINDS: dict[str, KindSpec] = {}
"Every observation kind by its name, for example `tls.endpoint/1`."


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """What Panshi knows about one kind of observation."""

    name: str
    body: type[Body]
    title_zh: str
    title_en: str
    personal: bool = False
    "Whether bodies may hold personal data, which can be erased while the proof stays."
    tests: bool = False
    "Whether it reports a test (drill, replay, incident), able to contradict other evidence."

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of the body's fields, in order."""
        return tuple(f.name for f in fields(self.body))  # type: ignore[arg-type]


def observation_kind[B: Body](
    name: str, zh: str, en: str, *, personal: bool = False, tests: bool = False
) -> Callable[[type[B]], type[B]]:
    """Register a frozen dataclass as the body of kind `name`."""

    def register(body: type[B]) -> type[B]:
        if name in KINDS:
            raise BadInputError(f"observation kind {name} is registered twice")
        KINDS[name] = KindSpec(
            name=name,
            body=body,
            title_zh=zh,
            title_en=en,
            personal=personal,
            tests=tests,
        )
        return body

    return register
