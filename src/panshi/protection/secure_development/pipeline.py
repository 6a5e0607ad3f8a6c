"""How the releases of a period were made, as the blueprint's measure 7 asks of each system.

Derived from records of the pipeline itself, never typed in: the share of releases whose artefacts a
verified build made, the share a trusted key signed, the share tested in all three ways. What no
record speaks of lowers the share, since a release without proof is one made by hand for all that
can be told. Where nothing was released in the period the release in use is asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from panshi.model.bodies.software import ReleasePipeline
from panshi.protection.secure_development.catalogue import Catalogue
from panshi.protection.secure_development.facts import FactState
from panshi.protection.secure_development.judging import ReleaseFinding, SystemFinding

PERIOD = timedelta(days=92)
TESTED = ("static_analysis", "dynamic_analysis", "composition")
THREATS = "threat_model"


def pipeline_of(
    catalogue: Catalogue, found: SystemFinding, now: datetime
) -> ReleasePipeline | None:
    """Give the body of `release.pipeline/1`; None for a system of which no release is known."""
    if not found.newest.release:
        return None
    recent = [each for each in found.releases if now - PERIOD <= each.at] or [found.newest]
    count = len(recent)
    proven = sum(each.provenance.proven for each in recent)
    untested = [each for each in recent if not _tested(each)]
    gates = [each.id for each in catalogue.facts.values() if each.gate]
    held = sum(_shown(each, gate) for each in recent for gate in gates)
    return ReleasePipeline(
        releases=count,
        pipeline_share=round(proven / count, 4),
        signed_share=round(sum(each.provenance.signed > 0 for each in recent) / count, 4),
        manual_changes=count - proven,
        tested_share=round((count - len(untested)) / count, 4),
        policy_enforced_share=round(held / (count * len(gates)), 4) if gates else 0.0,
        threat_modelled=_shown(found.newest, THREATS),
        emergency_open_days=max((max((now - each.at).days, 0) for each in untested), default=0),
    )


def _tested(release: ReleaseFinding) -> bool:
    return all(_shown(release, each) for each in TESTED)


def _shown(release: ReleaseFinding, fact: str) -> bool:
    return release.facts[fact].state is FactState.SHOWN
