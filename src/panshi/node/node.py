"""The node: the use cases that command line, API and console share.

    node = Node.open(Home.locate(os.environ))
    node.observe("nmap", Path("scan.xml"))
    node.assess("zt36", "demo-bank")
    bundle = node.prove(observation_id)

Each use case that changes something seals who did it. Nothing here judges or parses; it opens
what rests, calls the pure rooms and gives their values back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from panshi.errors import IntegrityError, StoreError, UsageError
from panshi.evidence import proof as proofs
from panshi.evidence.checkpoint import Algorithm, KeySigner, VerifierKey, parse_note
from panshi.evidence.log import Damage, Filter, LogReport, LogStore
from panshi.governance.parameters import checked_change, history
from panshi.model.asset import AssetId
from panshi.model.bodies.records import EstateSnapshot, ParameterChange
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, ObservationId, Sealed
from panshi.model.parameter import ParameterSetting
from panshi.model.verdict import Assessment, Item, Proof, Verdict
from panshi.node.home import Home
from panshi.node.judging import PARAMETER_KIND, Judging
from panshi.node.library import Library
from panshi.node.observing import ObserverSession, Progress, RunReport
from panshi.node.plugins import sources_of
from panshi.node.records import audit_event, institution_of, record, refuse_steps
from panshi.node.refusals import Refusals
from panshi.node.tokens import Tokens
from panshi.observe.port import Observer
from panshi.observe.this_machine import describe
from panshi.store.estates import EstateStore, open_estates
from panshi.store.evidence_log import open_log
from panshi.store.keys import load_or_create_signer, rotate_signer, verifier_keys

THIS_MACHINE = "this-machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a proof file holds, and what it proves."""

    ok: bool
    "It holds and a key of this node signed it."
    problem: str = ""
    origin: str = ""
    size: int = 0
    "Size of the log the proof speaks of."
    signed_by: tuple[str, ...] = ()
    observation_id: str = ""
    erased: bool = False
    "The body was erased; everything else is proven."


def wall_clock() -> datetime:
    """Read the time, in UTC; the only place of a node that does."""
    return datetime.now(UTC)


class Node(AbstractContextManager["Node"]):
    """One institution's (or hub's) node over one PANSHI_HOME."""

    def __init__(
        self,
        *,
        home: Home,
        log: LogStore,
        estates: EstateStore,
        signer: KeySigner,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        """Join the parts; `Node.open` is the usual way in."""
        self.home = home
        self.log = log
        self.estates = estates
        self.signer = signer
        self.clock = clock
        self.library = Library()
        self.tokens = Tokens(home.path)
        self.sources = sources_of(home.path)
        self.refusals = Refusals()
        self.judging = Judging(log=log, estates=estates, library=self.library, clock=clock)

    @classmethod
    def open(cls, home: Home, *, clock: Callable[[], datetime] = wall_clock) -> Node:
        """Open (and on first use make) what rests below the home."""
        home.prepare()
        node = cls(
            home=home,
            signer=load_or_create_signer(home.path),
            log=open_log(home.path, home.database),
            estates=open_estates(home.path, home.database),
            clock=clock,
        )
        node.refuse_a_foreign_log()
        return node

    def refuse_a_foreign_log(self) -> None:
        """Refuse a log that another node signs: ours would be a second origin in it."""
        note = self.log.checkpoint()
        try:
            if note:
                parse_note(note).verified_by(self.verifier_keys())
        except IntegrityError as error:
            self.close()
            raise StoreError(
                "the evidence log is signed by a key this node does not hold",
                place=str(self.home.path),
                remedy="use the PANSHI_HOME that holds its keys, or another database",
            ) from error

    def close(self) -> None:
        """Release files and connections."""
        try:
            self._seal_refusals(None)
        finally:
            self.log.close()
            self.estates.close()

    def __enter__(self) -> Self:
        """Use the node in a `with` statement."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close when the statement ends."""
        self.close()

    # -- judge -----------------------------------------------------------------------------

    def estate_ids(self) -> tuple[str, ...]:
        """Ids of the estates this node knows."""
        return tuple(self.estates.list())

    def estate(self, estate_id: str | None = None) -> Estate:
        """Give an estate's newest version; without a name, the first that is there."""
        known = self.estate_ids()
        if estate_id is None and known:
            others = [each for each in known if each != THIS_MACHINE]
            estate_id = (others or list(known))[0]
        return self.judging.estate(estate_id or "")

    def assess(
        self,
        framework_id: str,
        estate_id: str | None = None,
        *,
        in_field: str = "",
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Assessment:
        """Judge every control of a framework over an estate, now or as of another moment."""
        self.library.framework(framework_id)
        self._check_known(without)
        return self.judging.ask(
            lambda assessor: assessor.assess(framework_id, in_field),
            self.estate(estate_id).id,
            as_of,
            without,
        )

    def warm(self) -> None:
        """Judge every estate once, so that nobody waits for it later."""
        for estate_id in self.estate_ids():
            for framework_id in self.library.frameworks:
                self.assess(framework_id, estate_id)

    def _check_known(self, ids: Collection[ObservationId]) -> None:
        unknown = sorted(set(ids) - self.log.get_many(ids).keys()) if ids else []
        if unknown:
            raise UsageError(
                f"no observation {', '.join(unknown)}", remedy="`panshi evidence list` shows ids"
            )

    def verdict(
        self, control_key: str, estate_id: str | None = None, in_field: str = ""
    ) -> Verdict:
        """Judge one control now."""
        self.library.control(control_key)
        return self.judging.ask(
            lambda assessor: assessor.verdict(control_key, in_field), self.estate(estate_id).id
        )

    def proof(self, control_key: str, estate_id: str | None = None, in_field: str = "") -> Proof:
        """Give the proof tree of one control's verdict."""
        self.library.control(control_key)
        return self.judging.ask(
            lambda assessor: assessor.proof(control_key, in_field), self.estate(estate_id).id
        )

    def item(self, control_key: str, estate_id: str, asset: AssetId) -> Item | None:
        """Give how one asset stands under a control; None where it is not in its population."""
        self.library.control(control_key)
        return self.judging.ask(lambda assessor: assessor.item(control_key, asset), estate_id)

    def parameters(
        self,
    ) -> tuple[tuple[ParameterSetting, tuple[ParameterSetting, ...]], ...]:
        """Every governed threshold: the setting in force and its history, oldest first."""
        changes = tuple(self.log.records(PARAMETER_KIND))
        return history(self.library.parameters, changes, self.clock())

    # -- observe ---------------------------------------------------------------------------

    def observe(
        self,
        source: str,
        path: Path | None = None,
        *,
        subject: str = "",
        options: Mapping[str, str] | None = None,
        actor: str = "",
        progress: Progress = lambda _count: None,
        looked_at: datetime | None = None,
    ) -> RunReport:
        """Run an observer over one file or this machine and seal what it saw, all or nothing."""
        observer = self.sources.get(source)
        if observer is None:
            raise UsageError(
                f"there is no observer {source!r}",
                remedy="observers: " + ", ".join(self.sources),
            )
        machine = describe(self.clock()) if source == THIS_MACHINE and path is None else None
        session = ObserverSession(
            observer=observer,
            log=self.log,
            clock=self.clock,
            knows=lambda subject: self._knows(subject, machine),
            progress=progress,
            looked_at=looked_at,
        )
        report = session.run(path, subject, options or {})
        if machine is not None:
            self.commit_estate(machine, by=actor or "observer this-machine")
        self.audit(
            actor,
            "observe",
            source,
            detail=f"{report.new} new of {report.observations}",
        )
        self.log.sign_checkpoint(self.signer)
        return report

    def observers(self) -> tuple[Observer, ...]:
        """Every observer there is."""
        return tuple(self.sources.values())

    def runs(self, limit: int = 50) -> tuple[Sealed, ...]:
        """Give the last observer runs, newest first."""
        return self.log.page(Filter(kind="observer.run/1"), limit=limit)

    def _knows(self, subject: str, machine: Estate | None) -> bool:
        estates = [self.judging.estate(each) for each in self.estate_ids()]
        if machine is not None:
            estates.append(machine)
        return any(estate.resolve(subject) is not None for estate in estates)

    # -- estates ---------------------------------------------------------------------------

    def commit_estate(self, estate: Estate, *, by: str, at: datetime | None = None) -> Estate:
        """Commit a new version of an estate and seal its digest; the same content is no version.

        Only the demo bank, whose history is made up, is committed at another moment than now.
        """
        at = at or self.clock()
        before = self.estates.head(estate.id)
        committed = self.estates.commit(estate, by=by, at=at)
        if before is not None and before.version == committed.version:
            return committed
        body = EstateSnapshot(
            estate=committed.id,
            version=committed.version,
            sha256=self.estates.digest(committed.id, committed.version),
            assets=len(committed.assets),
            relations=len(committed.relations),
            changed_by=by,
        )
        self._seal(
            record(
                "estate.snapshot/1",
                body,
                subject=f"estate:{estate.id}",
                facet="",
                at=at,
            )
        )
        return committed

    # -- records that people make ----------------------------------------------------------

    def record(
        self,
        kind: str,
        body: Body,
        *,
        facet: str,
        actor: str,
        estate_id: str | None = None,
    ) -> ObservationId:
        """Seal a person's record about an estate's institution; gives its evidence id."""
        refuse_steps(kind)
        estate = self.estate(estate_id)
        made = record(kind, body, subject=institution_of(estate), facet=facet, at=self.clock())
        sealed_id = self._seal(made)
        self.audit(actor, kind, facet)
        return sealed_id

    def set_parameter(self, name: str, value: float, *, actor: str, why: str) -> ObservationId:
        """Change a governed threshold from now on; refused outside its limits."""
        changes = tuple(self.log.records(PARAMETER_KIND))
        body: ParameterChange = checked_change(
            self.library.parameters,
            changes,
            self.clock(),
            name=name,
            value=value,
            changed_by=actor,
            why=why,
        )
        made = record(
            PARAMETER_KIND,
            body,
            subject=f"parameter:{name}",
            facet=name,
            at=self.clock(),
        )
        return self._seal(made)

    def audit(
        self,
        actor: str,
        action: str,
        target: str,
        *,
        allowed: bool = True,
        detail: str = "",
    ) -> None:
        """Seal that someone did, or was refused, something; refusals are gathered."""
        now = self.clock()
        self._seal_refusals(now)
        if allowed or self.refusals.is_first(actor, action, target, now):
            self._seal_event(actor, action, target, allowed=allowed, detail=detail)

    def _seal_refusals(self, now: datetime | None) -> None:
        for each in self.refusals.over(now):
            detail = f"{each.count} more within a minute of {each.since.isoformat()}"
            self._seal_event(each.actor, each.action, each.target, allowed=False, detail=detail)

    def _seal_event(
        self, actor: str, action: str, target: str, *, allowed: bool, detail: str
    ) -> None:
        at = self.clock()
        event = audit_event(
            actor=actor, action=action, target=target, allowed=allowed, detail=detail, at=at
        )
        self.log.append((event,), at)

    # -- prove -----------------------------------------------------------------------------

    def prove(self, observation_id: str) -> bytes:
        """Give a self-contained proof file for one observation under the newest checkpoint."""
        self._checkpointed()
        keys = self.verifier_keys()
        return proofs.to_json(proofs.prove(self.log, ObservationId(observation_id), keys))

    def verify(self, bundle: bytes, *, source: str = "") -> Verification:
        """Check a proof file against this node's own keys; malformed files raise."""
        parsed = proofs.parse_bundle(bundle, source=source)
        try:
            proven = proofs.verify(parsed, self.verifier_keys())
        except IntegrityError as error:
            return Verification(ok=False, problem=error.problem)
        return Verification(
            ok=proven.pinned,
            problem="" if proven.pinned else "it is signed by no key of this node",
            origin=proven.origin,
            size=proven.size,
            signed_by=tuple(map(str, proven.signed_by)),
            observation_id=proven.sealed.id if proven.sealed else "",
            erased=proven.sealed.erased if proven.sealed else False,
        )

    def verify_log(self, progress: Progress = lambda _count: None) -> LogReport:
        """Re-read and re-hash the whole log, and every estate beside what was sealed of it."""
        report = self.log.verify(lambda done, _size: progress(done), keys=self.verifier_keys())
        wrong = (*report.damage, *self.estates.verify(), *self._unsealed_estates())
        return replace(report, damage=wrong)

    def _unsealed_estates(self) -> Iterator[Damage]:
        """Give the estate versions that are not the ones whose digests were sealed."""
        sealed = {
            (body.estate, body.version): body.sha256
            for each in self.log.records("estate.snapshot/1")
            if isinstance(body := each.observation.body, EstateSnapshot)
        }
        for estate_id in self.estate_ids():
            for version in self.estates.history(estate_id):
                key = (estate_id, version.version)
                if sealed.get(key) != self.estates.digest(*key):
                    yield Damage(
                        place=f"estate {estate_id} version {version.version}",
                        problem="is not the snapshot that was sealed in the evidence log",
                    )

    def prove_extension(self, earlier: str) -> bytes:
        """Give a proof that the log of now only appended to that of an earlier checkpoint."""
        self._checkpointed()
        return proofs.to_json(proofs.prove_extension(self.log, earlier, self.verifier_keys()))

    def rotate_key(self, algorithm: Algorithm, *, actor: str) -> VerifierKey:
        """Sign with a new key from now on; what older keys signed stays verifiable."""
        self.signer = rotate_signer(self.home.path, algorithm)
        self.audit(actor, "key.rotate", str(self.signer.key))
        self._checkpointed()
        return self.signer.key

    def verifier_keys(self) -> tuple[VerifierKey, ...]:
        """Public keys with which others check what this node signs, newest first."""
        return verifier_keys(self.home.path)

    def checkpoint(self) -> str:
        """Give a signed checkpoint over everything in the log."""
        self._checkpointed()
        return self.log.checkpoint()

    def redact(self, ids: Collection[ObservationId], *, why: str, actor: str) -> None:
        """Erase bodies (personal data); digests and proofs stay, the erasure is sealed."""
        try:
            self.log.redact(ids, why=why, by=actor, at=self.clock())
        finally:
            self.judging.forget()
        self._checkpointed()

    def _checkpointed(self) -> None:
        self.log.sign_checkpoint(self.signer)

    def _seal(self, observation: Observation) -> ObservationId:
        sealed = self.log.append((observation,), self.clock()).ids[0]
        self.log.sign_checkpoint(self.signer)
        return sealed
