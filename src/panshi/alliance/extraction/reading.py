"""Everything one text says: indicators, techniques, names, assets, times, reach, kill chain.

    Extractor(techniques=…, systems=…).read(text)

One pass per field, each pure; every finding carries the span of text that is its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from panshi.alliance.extraction.assets import Asset, assets
from panshi.alliance.extraction.deidentification.finding import Declared
from panshi.alliance.extraction.impact import Scope, impact
from panshi.alliance.extraction.indicators import Indicator, indicators
from panshi.alliance.extraction.naming import Mention, Names
from panshi.alliance.extraction.techniques.model import Hit
from panshi.alliance.extraction.techniques.reading import TechniqueReader
from panshi.alliance.extraction.times import Moment, times

TACTICS = (
    "reconnaissance", "resource-development", "initial-access", "execution", "persistence",
    "privilege-escalation", "defense-evasion", "credential-access", "discovery",
    "lateral-movement", "collection", "command-and-control", "exfiltration", "impact",
)  # fmt: skip
"In the order of an attack (ATT&CK Enterprise)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the kill chain the text shows, and by which techniques."""

    tactic: str
    techniques: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What one text says."""

    indicators: tuple[Indicator, ...]
    "CVEs, files and registry keys among them; `Indicator.kind` tells."
    techniques: tuple[Hit, ...]
    names: tuple[Mention, ...]
    assets: tuple[Asset, ...]
    times: tuple[Moment, ...]
    impact: tuple[Scope, ...]
    kill_chain: tuple[Stage, ...]


@dataclass(frozen=True)
class Extractor:
    """All that is needed to read."""

    techniques: TechniqueReader
    systems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _names(self) -> Names:
        model = self.techniques.model
        return Names(all=model.about.named if model else ())

    def read(
        self,
        text: str,
        *,
        written: date | None = None,
        threshold: float | None = None,
        declared: Declared | None = None,
    ) -> Extract:
        """Read a text whole; `written` is the day it was written on."""
        found = indicators(text)
        hits = self.techniques.read(text, threshold=threshold)
        return Extract(
            indicators=found,
            techniques=hits,
            names=tuple(self._names.mentioned(text)),
            assets=assets(text, self.systems, found, declared or Declared()),
            times=times(text, written=written),
            impact=impact(text),
            kill_chain=tuple(self._stages(hits)),
        )

    def _stages(self, hits: Iterable[Hit]) -> Iterable[Stage]:
        model = self.techniques.model
        known = model.techniques if model else {}
        told = dict.fromkeys(hit.id for hit in hits)
        for tactic in TACTICS:
            here = tuple(name for name in told if name in known and tactic in known[name].phases)
            if here:
                yield Stage(tactic=tactic, techniques=here)
