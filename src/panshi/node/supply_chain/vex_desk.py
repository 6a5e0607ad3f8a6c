"""The steps of a decision on exploitability, and of trust in an author, taken by people.

    desk = VexDesk(node, actor="lin.kaiwen")
    number = desk.propose(Proposed(vulnerability="CVE-2024-1", purl="pkg:pypi/x@1", …))
    VexDesk(node, actor="chen.yiru").approve(number)

Each step is first put to the rules as if it were sealed; what would count for nothing is refused
with the reason. Who acts is the person signed in, never a name somebody typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from panshi.errors import ForbiddenError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.asset import AssetKind
from panshi.model.bodies.vex import DECISION, TRUST, VexDecision, VexStep, VexTrust
from panshi.model.observation import Observation, ObservationId
from panshi.model.supply_chain.vex import VexStatus
from panshi.node.desk import Desk
from panshi.node.records import institution_of
from panshi.node.supply_chain.vex import (
    Decision,
    Trusted,
    decision,
    decisions,
    longest_days,
    trust,
    trusts,
)
from panshi.node.supply_chain.vex_reach import basis
from panshi.protection.supply_chain.vex.fitting import reading
from panshi.protection.supply_chain.vex.signatures import checked_key
from panshi.protection.supply_chain.vex.steps import proposal_defect, step_defect

COLLECTOR = "panshi vex"
LETTERS, TRUST_LETTERS = "VEX", "VT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What somebody proposes to decide."""

    vulnerability: str
    purl: str
    status: VexStatus
    expires: date | None
    aliases: tuple[str, ...] = ()
    versions: str = ""
    system: str = ""
    justification: str = ""
    impact: str = ""
    advice: str = ""
    why: str = ""
    adopts: str = ""
    "Digest of a received document it takes over from."


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustProposed:
    """Whom somebody proposes to trust, and how far."""

    author: str
    why: str
    expires: date | None
    supplier: str = ""
    precedence: int = 1
    packages: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class VexDesk(Desk):
    """Where one person takes steps."""

    def propose(self, wanted: Proposed) -> str:
        """Propose a decision; gives its number."""
        purl = reading(wanted.purl.strip())
        body = VexDecision(
            step=VexStep.PROPOSED,
            by=acting_person(self.actor),
            why=wanted.why.strip(),
            vulnerability=wanted.vulnerability.strip(),
            aliases=tuple(dict.fromkeys(each.strip() for each in wanted.aliases if each.strip())),
            purl=str(purl) if purl else wanted.purl.strip(),
            versions=wanted.versions.strip(),
            system=self._asset(wanted.system, AssetKind.SYSTEM),
            status=wanted.status,
            justification=wanted.justification,
            impact=wanted.impact.strip(),
            advice=wanted.advice.strip(),
            expires=wanted.expires,
            adopts=wanted.adopts,
        )
        if purl is not None:
            advisories, covered = basis(self.node, body)
            body = replace(body, advisories=advisories, covered=covered)
        return self._proposed(LETTERS, DECISION, body)

    def trust(self, wanted: TrustProposed) -> str:
        """Propose to trust an author; gives its number."""
        body = VexTrust(
            step=VexStep.PROPOSED,
            by=acting_person(self.actor),
            why=wanted.why.strip(),
            author=wanted.author.strip(),
            supplier=self._asset(wanted.supplier, AssetKind.SUPPLIER),
            precedence=wanted.precedence,
            packages=tuple(each.strip() for each in wanted.packages if each.strip()),
            keys=tuple(checked_key(each) for each in wanted.keys if each.strip()),
            expires=wanted.expires,
        )
        return self._proposed(TRUST_LETTERS, TRUST, body)

    def approve(self, number: str, *, why: str = "") -> ObservationId:
        """Approve what another person proposed."""
        return self._step(number, VexStep.APPROVED, why)

    def refuse(self, number: str, *, why: str) -> ObservationId:
        """Refuse what was proposed."""
        return self._step(number, VexStep.REFUSED, why)

    def withdraw(self, number: str, *, why: str) -> ObservationId:
        """End it before its last day, or take a proposal back."""
        return self._step(number, VexStep.WITHDRAWN, why)

    def _proposed(self, letters: str, kind: str, body: VexDecision | VexTrust) -> str:
        if body.expires is None:
            raise UsageError(
                "it has no last day", remedy="say until when it counts, for example 2027-03-31"
            )
        at = self.moment
        if defect := proposal_defect(body, at, longest_days(self.node)):
            raise UsageError(defect, remedy="nothing was sealed")
        listed = decisions if kind == DECISION else trusts
        known = [each.number for each in listed(self.node, self.estate.id)]
        number = self.next_number(letters, known)
        self._seal(number, kind, body)
        return number

    def _step(self, number: str, step: VexStep, why: str) -> ObservationId:
        person = acting_person(self.actor)
        if number.startswith(f"{TRUST_LETTERS}-"):
            affair: Decision | Trusted = trust(self.node, number, self.estate.id)
            kind = TRUST
        else:
            affair, kind = decision(self.node, number, self.estate.id), DECISION
        make = VexDecision if kind == DECISION else VexTrust
        body = make(step=step, by=person, why=why.strip(), about=affair.sealed.id)
        defect = step_defect(affair, body, self.moment, pair_defect)  # type: ignore[type-var]
        if defect:
            self.node.audit(self.actor, kind, number, allowed=False, detail=defect)
            refusal = ForbiddenError if "does not approve" in defect else UsageError
            raise refusal(defect, place=number, remedy="nothing was sealed")
        return self._seal(number, kind, body)

    def _seal(self, number: str, kind: str, body: VexDecision | VexTrust) -> ObservationId:
        at = self.moment
        made = Observation(
            kind=kind,
            subject=institution_of(self.estate),
            facet=number,
            observed_at=at,
            collector=COLLECTOR,
            body=body,
        )
        sealed = self.node.log.append((made,), at).ids[-1]
        self.node.checkpoint()
        self.node.audit(self.actor, kind, number, detail=str(body.step))
        return sealed

    def _asset(self, name: str, kind: AssetKind) -> str:
        if not name.strip():
            return ""
        found = self.estate.resolve(name.strip())
        if found is None or self.estate.by_id[found].kind is not kind:
            raise UsageError(
                f"the estate knows no {kind} {name[:80]!r}", remedy="panshi estate show"
            )
        return found
