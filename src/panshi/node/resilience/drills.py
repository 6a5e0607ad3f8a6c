"""Use case: a restore drill, measured and sealed.

    done = run_drill(node, plan, unlock, actor=...)

The vault is opened at the surviving places alone, so that what is declared lost is really not asked
for anything. The last good snapshot is brought back into a fresh place, its mark held to the digest
in the evidence log, every row compared, every business check asked. Whatever fails is sealed as a
failed drill: `backup.restore_drill/1` lowers the controls until the same drill passes,
`vault.drill/1` carries every moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from panshi.errors import IntegrityError, PanshiError, UsageError
from panshi.model.bodies.resilience import RestoreDrill
from panshi.model.bodies.vault import DRILL, SnapshotSealed, VaultDrill
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.resilience.marking import (
    looked,
    seal_observations,
    setup_of,
    snapshots_of,
    subject_of,
)
from panshi.node.resilience.placement import sealed_placements
from panshi.node.resilience.vault.opening import Vault, opened
from panshi.node.resilience.vault.restoring import restore
from panshi.observe.vault_sources.capture import STATE, read_mark
from panshi.observe.vault_sources.fresh_place import fresh_place
from panshi.observe.vault_sources.source import Check, Source, source_named
from panshi.observe.vault_sources.verify import Verified, verify
from panshi.resilience.vault.keys import VaultKeys
from panshi.resilience.vault_anomaly import Candidate, Choice, last_good
from panshi.resilience.vault_drill import MINUTE, DrillPlan, Timed, late, withheld_of

RESTORE_DRILL = "backup.restore_drill/1"
MOST_FAILURES = 20
LONGEST_TEXT = 1_000
"Characters of one failure."

type Unlock = Callable[[Vault], VaultKeys]


class DrillStoppedError(PanshiError):
    """The process is to end: a drill that was told to stop proves nothing and stays due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """What a drill found."""

    drill: VaultDrill
    evidence: ObservationId
    kept_at: str = ""
    "Where the restored data was left, if it was to be kept."


@dataclass(slots=True, kw_only=True)
class _Course:
    """What is known so far; sealed whatever happens."""

    asked_at: datetime
    lost_at: datetime
    withheld: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    choice: Choice | None = None
    snapshot: SnapshotSealed | None = None
    granted_at: datetime | None = None
    first_byte_at: datetime | None = None
    last_byte_at: datetime | None = None
    verified_at: datetime | None = None
    octets: int = 0
    verified: Verified = field(default_factory=Verified)
    failures: list[str] = field(default_factory=list)
    ends: Callable[[], bool] | None

    def pulse(self) -> None:
        """End here if the process is to end."""
        if self.ends is not None and self.ends():
            raise DrillStoppedError("the drill was stopped", remedy="it stays due")


def run_drill(
    node: Node,
    plan: DrillPlan,
    unlock: Unlock,
    *,
    actor: str,
    lost_at: datetime | None = None,
    into: str = "",
    keep: bool = False,
    ends: Callable[[], bool] | None = None,
) -> Drilled:
    """Run a drill and seal what it measured; only a plan that cannot be meant raises.

    A drill of the schedule is told by `ends` when its process is to end, and then raises too.
    """
    setup = setup_of(node)
    source = _source(node, plan)
    about = (source.asset, *plan.assets)
    place = f"drill {plan.id}"
    subjects = tuple(dict.fromkeys(subject_of(node, each, place) for each in about))
    asked_at = node.clock()
    if lost_at is not None and lost_at > asked_at:
        raise UsageError("the loss lies in the future", remedy="give a moment that has been")
    withheld = withheld_of(plan, setup.places, place_facts(node, setup.vault))
    course = _Course(asked_at=asked_at, lost_at=lost_at or asked_at, withheld=withheld, ends=ends)
    kept_at = ""
    with fresh_place(into, keep=keep) as fresh:
        kept_at = str(fresh) if keep else ""
        try:
            _bring_back(node, plan, source, unlock, course, fresh)
        except DrillStoppedError:
            node.audit(actor, "vault.drill", plan.id, detail="stopped with the process")
            raise
        except PanshiError as error:
            course.failures.append(str(error))
        except Exception as error:  # noqa: BLE001 -- whatever broke, the drill failed, on record
            course.failures.append(f"{type(error).__name__}: {error}")
    drill = _told(node, plan, setup.vault, course)
    evidence = _seal(node, plan, drill, subjects, isolated=course.verified.isolated)
    node.audit(actor, "vault.drill", plan.id, detail="passed" if drill.passed else "failed")
    return Drilled(drill=drill, evidence=evidence, kept_at=kept_at)


def legible(text: str) -> str:
    """Give a text as it can be sealed, whatever a restored database or an error put into it."""
    return text.encode("utf-8", "backslashreplace").decode()[:LONGEST_TEXT]


def place_facts(node: Node, vault: str) -> dict[str, dict[str, str]]:
    """Give country, zone, provider and operator of each place, as the placement on record says."""
    return {
        place.id: {
            "country": place.country,
            "zone": place.zone,
            "provider": place.provider or place.operator,
            "operator": place.operator,
        }
        for known in sealed_placements(node)
        if known.placement.vault == vault
        for place in known.placement.places
    }


def drills_of(node: Node, plan: str = "") -> Iterator[tuple[datetime, VaultDrill, ObservationId]]:
    """Give the drills on record, oldest first."""
    for sealed in node.log.records(DRILL):
        body = sealed.observation.body
        if isinstance(body, VaultDrill) and plan in {"", body.plan}:
            yield sealed.observation.observed_at, body, sealed.id


def choose(node: Node, source: str, lost_at: datetime, dwell: timedelta) -> Choice:
    """Choose the last good snapshot of a source from what is on record."""
    spoilt = {
        body.snapshot for _, body, _ in drills_of(node) if body.source == source and body.rows_wrong
    }
    bodies = (each.observation.body for each in snapshots_of(node, source))
    return last_good(
        (
            Candidate(
                snapshot=body.snapshot,
                marked_at=body.marked_at,
                quarantined=body.quarantined,
                reasons=body.reasons,
                unreadable=body.snapshot in spoilt,
            )
            for body in bodies
            if isinstance(body, SnapshotSealed)
        ),
        lost_at=lost_at,
        dwell=dwell,
    )


def _source(node: Node, plan: DrillPlan) -> Source:
    """Give the source with the plan's own expectations among its checks."""
    source = source_named(node.home.path, plan.source)
    more = tuple(
        Check(name=each.name, sql=each.sql, column=each.column, expect=each.expect)
        for each in plan.expected
    )
    return replace(source, check=(*source.check, *more))


def _bring_back(
    node: Node, plan: DrillPlan, source: Source, unlock: Unlock, course: _Course, place: Path
) -> None:
    """Choose, restore and verify; every moment is noted as it comes."""
    setup = setup_of(node)
    dwell = timedelta(hours=plan.dwell_hours)
    course.choice = choose(node, source.name, course.lost_at, dwell)
    if course.choice.chosen is None:
        raise IntegrityError("no snapshot can be trusted", place=f"source {source.name!r}")
    wanted = course.choice.chosen.snapshot
    course.snapshot = next(
        body
        for each in reversed(snapshots_of(node, source.name))
        if isinstance(body := each.observation.body, SnapshotSealed) and body.snapshot == wanted
    )
    surviving = [each for each in setup.places if each not in course.withheld]

    def advance(octets: int) -> None:
        course.pulse()
        course.first_byte_at = course.first_byte_at or node.clock()
        course.octets += octets

    with opened(surviving, node.home.path) as vault:
        course.used = tuple(place.label for place in vault.places.values())
        its = unlock(vault)
        course.granted_at = node.clock()
        restored = restore(vault, its, place / "it", snapshot=wanted, advance=advance)
    course.last_byte_at = node.clock()
    course.octets = restored.bytes
    folder = (place / "it" / STATE).rename(place / STATE)
    mark = read_mark(folder, course.snapshot.mark_sha256)
    course.verified = verify(folder, mark, source, port=plan.port, pulse=course.pulse)
    course.failures += course.verified.failures
    if course.verified.holds:
        course.verified_at = node.clock()


def _told(node: Node, plan: DrillPlan, vault: str, course: _Course) -> VaultDrill:
    timed = Timed(
        lost_at=course.lost_at,
        asked_at=course.asked_at,
        verified_at=course.verified_at,
        ended_at=node.clock(),
        marked_at=course.snapshot.marked_at if course.snapshot else None,
    )
    failures = (*course.failures, *late(plan, timed))
    passed_over = course.choice.passed_over if course.choice else ()
    return VaultDrill(
        plan=plan.id,
        passed=course.verified_at is not None and not failures,
        vault=vault,
        source=plan.source,
        snapshot=course.snapshot.snapshot if course.snapshot else "",
        position=course.snapshot.position if course.snapshot else "",
        asked_at=course.asked_at,
        granted_at=course.granted_at,
        first_byte_at=course.first_byte_at,
        last_byte_at=course.last_byte_at,
        verified_at=course.verified_at,
        lost_at=course.lost_at,
        marked_at=timed.marked_at,
        rto_seconds=timed.rto_seconds,
        rpo_seconds=timed.rpo_seconds,
        rto_target_seconds=plan.rto_minutes * MINUTE,
        rpo_target_seconds=plan.rpo_minutes * MINUTE,
        places_used=course.used,
        places_withheld=course.withheld,
        layers_withheld=tuple(f"{each.layer} {each.name}" for each in plan.withheld_layers),
        octets=course.octets,
        rows_verified=course.verified.rows,
        rows_wrong=course.verified.wrong,
        checks_passed=course.verified.checks_passed,
        checks_failed=course.verified.checks_failed,
        failures=tuple(map(legible, failures[:MOST_FAILURES])),
        passed_over=tuple(
            legible(f"{each.snapshot}: {each.why}" + "".join(f"; {one}" for one in each.reasons))
            for each in passed_over
        ),
        scheduled=course.ends is not None,
    )


def _seal(
    node: Node, plan: DrillPlan, drill: VaultDrill, subjects: tuple[str, ...], *, isolated: bool
) -> ObservationId:
    """Seal what controls are judged by and what was measured, all or none."""
    judged = RestoreDrill(
        passed=drill.passed,
        held=day_of(drill.asked_at),
        rto_minutes=drill.rto_seconds / MINUTE,
        rto_target_minutes=plan.rto_minutes,
        rpo_minutes=drill.rpo_seconds / MINUTE,
        rpo_target_minutes=plan.rpo_minutes,
        isolated=isolated,
        layer=plan.layer,
    )
    return seal_observations(
        node,
        (
            *(looked(node, RESTORE_DRILL, judged, each, plan.facet) for each in subjects),
            looked(node, DRILL, drill, institution_of(node.estate()), plan.facet),
        ),
    )
