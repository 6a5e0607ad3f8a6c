"""Every statement by the vulnerability it names, so that one finding asks only what concerns it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from panshi.model.supply_chain.vex import VexStatement
from panshi.protection.supply_chain.vex.fitting import Asked, Container, Fit, fit
from panshi.protection.supply_chain.vex.ruling import Ruling, Voice, counts, decide


def rule(
    statements: Iterable[VexStatement | Voice],
    *,
    vulnerability_names: Iterable[str],
    purl: str,
    version: str = "",
    system: str = "",
    on: date,
    refs: frozenset[str] = frozenset(),
    within: tuple[Container, ...] = (),
) -> Ruling | None:
    """Give what stands for one component; for many questions make one `Statements`."""
    asked = Asked(purl, version, system, refs, within)
    return Statements(statements).rule(vulnerability_names, asked, on)


class Statements:
    """Voices by vulnerability."""

    __slots__ = ("_by_name", "voices")

    def __init__(self, statements: Iterable[VexStatement | Voice] = ()) -> None:
        """Take statements as they are (of authors trusted alike) or with their right to speak."""
        self.voices = tuple(
            each if isinstance(each, Voice) else Voice(statement=each) for each in statements
        )
        self._by_name: dict[str, list[Voice]] = {}
        for voice in self.voices:
            for name in names_of(voice.statement):
                self._by_name.setdefault(name, []).append(voice)

    def __len__(self) -> int:
        """Count the voices."""
        return len(self.voices)

    def __contains__(self, vulnerability: str) -> bool:
        """Whether anybody speaks of a vulnerability at all."""
        return folded(vulnerability) in self._by_name

    def rule(self, vulnerability_names: Iterable[str], asked: Asked, on: date) -> Ruling | None:
        """Give what stands for one component on a day."""
        if not self._by_name:
            return None
        return decide(self._about(vulnerability_names), asked, on)

    def heard(
        self, vulnerability_names: Iterable[str], asked: Asked, on: date
    ) -> Iterator[tuple[Voice, str]]:
        """Give what is said of the component and does not count, each with the reason."""
        for voice in self._about(vulnerability_names):
            if not counts(voice, on) and fit(voice.statement, asked) is Fit.APPLIES:
                yield voice, voice.barred or "expired"

    def near(self, vulnerability_names: Iterable[str], asked: Asked) -> Iterator[tuple[Voice, Fit]]:
        """Give every voice on the vulnerability with how near it comes, for an explanation."""
        for voice in self._about(vulnerability_names):
            yield voice, fit(voice.statement, asked)

    def _about(self, vulnerability_names: Iterable[str]) -> list[Voice]:
        found: dict[int, Voice] = {}
        for name in vulnerability_names:
            for voice in self._by_name.get(folded(name), ()):
                found[id(voice)] = voice
        return list(found.values())


def names_of(statement: VexStatement) -> frozenset[str]:
    """Give the names of the vulnerability a statement is about, folded."""
    return frozenset(map(folded, filter(None, (statement.vulnerability, *statement.aliases))))


def folded(name: str) -> str:
    """Bring a name of a vulnerability into one form; of an address the last part counts."""
    return (
        name.rstrip("/").rpartition("/")[2].strip().casefold()
        if "://" in name
        else (name.strip().casefold())
    )
