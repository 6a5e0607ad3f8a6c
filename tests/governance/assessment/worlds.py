"""Small estates, frameworks and evidence for tests, made in code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from panshi.governance.assessment.assessor import Assessor
from panshi.governance.exceptions.authority import AuthorityTable, Level
from panshi.governance.exceptions.basis import digest
from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.bodies.assessors import AssessorFinding
from panshi.model.bodies.exceptions import (
    BASIS,
    CLOSURE,
    DECISION,
    REQUEST,
    REVIEW,
    ExceptionBasis,
    ExceptionClosure,
    ExceptionDecision,
    ExceptionRequest,
    ExceptionReview,
    Ruling,
)
from panshi.model.bodies.hosts import HostProtection
from panshi.model.bodies.monitoring import IncidentFinding
from panshi.model.bodies.offices import Appointment, AppointmentProposal
from panshi.model.bodies.records import Attestation, Claim, NotApplicable
from panshi.model.bodies.resilience import ExerciseResult, RestoreDrill
from panshi.model.control import (
    Attesting,
    Check,
    Contradiction,
    Control,
    Framework,
    Group,
    Mapping,
    MappingRelation,
    Population,
    Strength,
)
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, ObservationId, Outcome, Sealed
from panshi.model.predicate import Comparison, Condition

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()
BANK = "institution:bank"
LOOK = "host.protection/1"
DRILL = "backup.restore_drill/1"
PROTECTED = Condition(field="malware_protection", comparison=Comparison.IS, value=True)
CHECK = Check(observation=LOOK, passes=PROTECTED, fresh_days=30)
HOSTS = Population(kind=AssetKind.HOST)


SOUND = "sound/1"
"A control that is always met by evidence, for exceptions to lean on."
SOUND_LOOK = "lynis.report/1"
CISO_ALONE = AuthorityTable(
    levels=(Level(id="ciso", title_zh="", title_en="", needs=("ciso",), why_zh="", why_en=""),),
    rules=(),
    longest_days=365,
    latest_start_days=90,
)
_COUNTS = [
    "stage",
    "stage_without_exceptions",
    "population",
    "seen",
    "passing",
    "failing",
    "unseen",
    "failing_in_scope",
    "scope_permille",
    "estate_version",
    "log_size",
]


def host(number: int) -> str:
    return f"host:h{number}"


def assets(hosts: int, fields: tuple[str, ...] | None = None) -> list[Asset]:
    attributes = {} if fields is None else {"fields": fields}
    return [
        Asset(id=AssetId(BANK), kind=AssetKind.INSTITUTION, name="bank"),
        Asset(id=AssetId("system:core"), kind=AssetKind.SYSTEM, name="core"),
        *(
            Asset(
                id=AssetId(host(number)),
                kind=AssetKind.HOST,
                name=f"h{number}",
                attributes=dict(attributes),
                identifiers=(f"host:10.0.0.{number}",),
            )
            for number in range(hosts)
        ),
    ]


def estate(hosts: int, *more: Asset, fields: tuple[str, ...] | None = None) -> Estate:
    relations = ()
    if hosts:
        relations = (
            Relation(
                kind=RelationKind.RUNS_ON,
                source=AssetId("system:core"),
                target=AssetId(host(0)),
            ),
        )
    return Estate(
        id="bank",
        name_zh="銀行",
        name_en="Bank",
        version=1,
        as_of=NOW,
        assets=(*assets(hosts, fields), *more),
        relations=relations,
    )


def control(number: str = "c", *, framework: str = "f", **changes: object) -> Control:
    values: dict[str, object] = {
        "id": number,
        "framework": framework,
        "reference": number,
        "title_zh": "題",
        "title_en": "title",
        "gist_zh": "旨",
        "gist_en": "gist",
        "group": "g",
        "population": HOSTS,
        "check": CHECK,
    }
    if {"attesting", "made_of", "machine"} & changes.keys():
        values |= {"population": None, "check": None}
    return Control(**(values | changes))  # type: ignore[arg-type]


def attested(number: str = "a", *, framework: str = "f", **changes: object) -> Control:
    needs = changes.pop("attesting", Attesting(evidence=("policy_doc",)))
    return control(number, framework=framework, attesting=needs, **changes)


def framework(
    *controls: Control, name: str = "f", staged: bool = False, groups: tuple[str, ...] = ("g",)
) -> Framework:
    return Framework(
        id=name,
        title_zh="框架",
        title_en="Framework",
        document_zh="文件",
        document_en="Document",
        version="1",
        staged=staged,
        groups=tuple(Group(id=each, title_zh=each, title_en=each) for each in groups),
        controls=controls,
    )


def overlap(source: str, target: str) -> Mapping:
    return Mapping(
        source=source,
        target=target,
        relation=MappingRelation.INTERSECTS,
        rationale="semantic",
    )


def clause(number: str = "1", **changes: object) -> Control:
    return control(number, **({"framework": "law", "strength": Strength.MUST} | changes))


@dataclass
class River:
    """Seals observations one after the other, as a log would."""

    sealed: list[Sealed] = field(default_factory=list)

    def add(
        self,
        kind: str,
        body: Body | None,
        subject: str = BANK,
        *,
        days_ago: float = 1,
        facet: str = "",
        outcome: Outcome = Outcome.SEEN,
        erased: bool = False,
    ) -> Sealed:
        position = len(self.sealed)
        observed_at = NOW - timedelta(days=days_ago)
        made = Observation(
            kind=kind,
            subject=subject,
            facet=facet,
            observed_at=observed_at,
            collector="test",
            outcome=outcome,
            reason="" if outcome.conclusive else "no answer",
            body=body if outcome is Outcome.SEEN else None,
        )
        if erased:
            object.__setattr__(made, "body", None)
        digest = sha256(f"{position} {kind} {subject} {observed_at}".encode()).hexdigest()
        sealed = Sealed(
            id=ObservationId(digest[:32]),
            position=position,
            received_at=max(observed_at, NOW - timedelta(days=1)),
            observation=made,
            erased=erased,
        )
        self.sealed.append(sealed)
        return sealed

    def look(self, number: int, *, passes: bool = True, **changes: object) -> Sealed:
        body = HostProtection(malware_protection=passes, detection_response=False)
        return self.add(LOOK, body, host(number), **changes)  # type: ignore[arg-type]

    def looks(self, passing: int, failing: int = 0, *, days_ago: float = 1) -> None:
        for number in range(passing + failing):
            self.look(number, passes=number < passing, days_ago=days_ago)

    def drill(self, subject: str, *, passed: bool, **changes: object) -> Sealed:
        body = RestoreDrill(
            passed=passed, held=TODAY, rto_minutes=1.0, rto_target_minutes=2.0, layer="a"
        )
        return self.add(DRILL, body, subject, **changes)  # type: ignore[arg-type]

    def exercise(self, subject: str, *, passed: bool, scenario: str, **changes: object) -> Sealed:
        body = ExerciseResult(passed=passed, scenario=scenario, held=TODAY)
        return self.add("exercise.result/1", body, subject, **changes)  # type: ignore[arg-type]

    def assessed(self, *controls: str, passed: bool = False, **changes: object) -> Sealed:
        """What an outside assessor found of the named controls."""
        target, subject = str(changes.pop("target", "r-1")), str(changes.pop("subject", BANK))
        body = AssessorFinding(passed=passed, controls=controls, target=target)
        changes.setdefault("facet", target)
        return self.add("assessor.finding/1", body, subject, **changes)  # type: ignore[arg-type]

    def incident(self, *controls: str, passed: bool = False, **changes: object) -> Sealed:
        ticket = str(changes.pop("ticket", "T-1"))
        subject = str(changes.pop("subject", BANK))
        body = IncidentFinding(passed=passed, controls=controls, ticket=ticket)
        return self.add("incident.finding/1", body, subject, **changes)  # type: ignore[arg-type]

    def claim(self, share: float, number: str = "c") -> Sealed:
        body = Claim(framework="f", control=number, owner="owner", share=share)
        return self.add("record.claim/1", body, facet=f"f/{number}")

    def appointed(self, person: str, office: str = "ciso") -> Sealed:
        """Make somebody hold an office: proposed by one person, confirmed by another."""
        terms = {
            "person": person,
            "office": office,
            "since": TODAY - timedelta(days=400),
            "appointed_by": "Board Secretary",
            "seconded_by": "",
        }
        facet = f"{person}/{office}"
        proposal = self.add(
            "record.appointment_proposal/1", AppointmentProposal(**terms), facet=facet
        )
        made = terms | {"seconded_by": "Chief Auditor", "proposal": proposal.id}
        return self.add("record.appointment/1", Appointment(**made), facet=facet)

    def exception(self, number: str = "c", *, facet: str = "#1", **changes: object) -> Sealed:
        """Ask for an exception, review it and approve it as the CISO; give the approval."""
        approver = str(changes.pop("approved_by", "Lin"))
        values: dict[str, object] = {
            "framework": "f",
            "control": number,
            "scope": (),
            "reason": "old machines",
            "residual_risk": "medium",
            "requested_by": "Chen",
            "effective": TODAY - timedelta(days=10),
            "expires": TODAY + timedelta(days=10),
            "compensating": (SOUND,),
        }
        request = ExceptionRequest(**(values | changes))  # type: ignore[arg-type]
        if not any(isinstance(each.observation.body, Appointment) for each in self.sealed):
            self.appointed("Lin")
            self.add(SOUND_LOOK, None, outcome=Outcome.ABSENT)
        asked = self.add(REQUEST, request, facet=facet)
        self.add(REVIEW, ExceptionReview(reviewed_by="Lin"), facet=facet)
        return self.approve(asked, by=approver, facet=facet)

    def close(self, facet: str = "#1") -> Sealed:
        """End an exception before its date."""
        return self.add(CLOSURE, ExceptionClosure(closed_by="Chen", why="done"), facet=facet)

    def approve(
        self, asked: Sealed, *, by: str = "Lin", facet: str = "#1", **basis: object
    ) -> Sealed:
        """Approve what was asked, on a basis that says all is well."""
        request = asked.observation.body
        assert isinstance(request, ExceptionRequest)
        values: dict[str, object] = {
            "request": asked.id,
            "control": f"{request.framework}/{request.control}",
            "status": "not_met",
            "compensating": request.compensating,
            "compensating_met": request.compensating,
            "level": "ciso",
            "estate": "bank",
            **dict.fromkeys(("met", "met_without_exceptions", "met_if_approved"), False),
            **dict.fromkeys(_COUNTS, 0),
            **dict.fromkeys(("failing_sha256", "log_root"), ""),
        }
        seen = ExceptionBasis(**(values | basis))  # type: ignore[arg-type]
        self.add(BASIS, seen, facet=facet)
        decision = ExceptionDecision(
            ruling=Ruling.APPROVE,
            decider=by,
            office="ciso",
            why="agreed",
            basis_sha256=digest(seen),
        )
        return self.add(DECISION, decision, facet=facet)

    def attestation(self, number: str = "a", *, days_ago: float = 5, **changes: object) -> Sealed:
        values: dict[str, object] = {
            "framework": "f",
            "control": number,
            "owner": "Chen",
            "scope": "whole bank",
            "expires": TODAY + timedelta(days=100),
            "attachment": "policy.pdf",
            "attachment_sha256": "ab" * 32,
        }
        body = Attestation(**(values | changes))  # type: ignore[arg-type]
        return self.add("record.attestation/1", body, days_ago=days_ago, facet=f"f/{number}")

    def not_applicable(
        self, number: str = "c", *, days_ago: float = 1, **changes: object
    ) -> Sealed:
        values: dict[str, object] = {
            "framework": "f",
            "control": number,
            "owner": "Chen",
            "reason": "we have none",
            "expires": TODAY + timedelta(days=100),
        }
        body = NotApplicable(**(values | changes))  # type: ignore[arg-type]
        return self.add("record.not_applicable/1", body, days_ago=days_ago, facet=f"f/{number}")

    def without(self, *left_out: Sealed) -> list[Sealed]:
        return [sealed for sealed in self.sealed if sealed not in left_out]


def assessor(
    where: Estate, river: River | list[Sealed], *frameworks: Framework, **changes: object
) -> Assessor:
    values: dict[str, object] = {
        "estate": where,
        "frameworks": {each.id: each for each in (*frameworks, _SOUND)},
        "authority": CISO_ALONE,
        "evidence": river.sealed if isinstance(river, River) else river,
        "as_of": NOW,
    }
    return Assessor(**(values | changes))  # type: ignore[arg-type]


_SOUND = framework(
    control(
        "1",
        framework="sound",
        population=Population(kind=AssetKind.INSTITUTION),
        check=replace(CHECK, observation=SOUND_LOOK, absent_passes=True, fresh_days=3650),
    ),
    name="sound",
)


def contradicted_by_drills(**changes: object) -> Control:
    return control(contradicted_by=(Contradiction(observation=DRILL),), **changes)
