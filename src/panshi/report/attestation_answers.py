"""Attestations in the documented JSON forms that command line and API share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from panshi.governance.attestations.sampling import Sample
from panshi.governance.attestations.views import AttestationRegister, AttestationView


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationsAnswer:
    """The attestations of an estate, and the draw of the quarter."""

    estate: str
    day: date
    attested_controls: int
    standing: int
    waiting: int
    sample: Sample
    unexamined: int
    "How many of the drawn nobody has looked at again."
    attestations: tuple[AttestationView, ...]


def attestations_answer(
    register: AttestationRegister, shown: Iterable[AttestationView] | None = None
) -> AttestationsAnswer:
    """Give the register; the counts are of all, whichever are shown."""
    return AttestationsAnswer(
        estate=register.estate,
        day=register.day,
        attested_controls=register.attested_controls,
        standing=len(register.counting),
        waiting=len(register.waiting),
        sample=register.sample,
        unexamined=len(register.unexamined),
        attestations=tuple(register.attestations if shown is None else shown),
    )


def without_signers(view: AttestationView) -> AttestationView:
    """Give an attestation that names nobody."""
    steps = tuple(replace(each, by="", detail="") for each in view.steps)
    return replace(view, attested_by="", countersigned_by="", detail="", steps=steps)
