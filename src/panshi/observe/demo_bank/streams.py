"""What the demo bank's collectors saw: rounds of looks over its assets, oldest round first.

The newest round is received now, each one before at the end of a quarter, so that the bank can be
looked at as of the end of any quarter as it stood then.

Every observation is demo data and says so in its collector. Chance is repeatable (see `chance`),
so an asset that fails in one round fails for the same reason in the next build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import batched, chain, product
from typing import Any

import msgspec

from panshi.errors import ContentError
from panshi.model.asset import Asset, AssetKind
from panshi.model.bodies import KINDS
from panshi.model.control import Basis, Framework
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, Outcome
from panshi.model.zone import INSTITUTION_ZONE
from panshi.observe.demo_bank.chance import share, whole
from panshi.observe.demo_bank.plan import DemoPlan, Stream, Trouble

YEAR = timedelta(days=365)
YEARS = 3
"For so many years people have answered for controls, each year anew."
ROUNDS = 17
"The newest, and the ends of the quarters before."
SETTLED = 2
"For so many rounds things have been as good as now: what was decided since holds today."
BATCH = 5_000
LAST_STAGE = 4
"The bank claims everything below it: the gap to the evidence is the point of the demo."
_CLAIM: Mapping[str, object] = {"owner": "控制措施負責人（示範）", "share": 1.0}
PLACE = "demo/observations.yaml"
ATTACHMENT = "示範附件.pdf"
"There is no such file; the digest beside it is that of its name, so that it is not an empty one."
STALE_DAYS = (200, 400)
NEVER_ATTESTED, EXPIRED, ACKNOWLEDGED = 0.08, 0.15, 0.19
"Below these points nobody attested, the attestation expired, non-compliance is acknowledged."


def demo_observations(
    plan: DemoPlan, estate: Estate, now: datetime, frameworks: Mapping[str, Framework]
) -> Iterator[tuple[datetime, tuple[Observation, ...]]]:
    """Yield batches with the moment the node received them."""
    received = rounds_before(now)
    looks = [_Looks(stream, estate, plan.bank.seed, received) for stream in plan.streams]
    records: dict[int, list[Observation]] = {0: list(_records(plan, estate, now))}
    for each in _attestations(plan, estate, now, frameworks):
        records.setdefault(_round_of(received, each.observed_at), []).append(each)
    for back in range(len(received) - 1, -1, -1):
        seen = (each for look in looks for each in look.in_round(back))
        for batch in batched(chain(seen, records.get(back, ())), BATCH):
            yield received[back], batch


def rounds_before(now: datetime) -> tuple[datetime, ...]:
    """Give when rounds were received: now, then the end of each quarter before, newest first."""
    day = now.astimezone(INSTITUTION_ZONE).date()
    ends: list[datetime] = []
    quarter = day.year * 4 + (day.month - 1) // 3
    for number in range(quarter, quarter - ROUNDS + 1, -1):
        year, part = divmod(number, 4)
        first = datetime(year, part * 3 + 1, 1, tzinfo=INSTITUTION_ZONE)
        ends.append(first - timedelta(hours=1))
    return (now, *ends)


def _round_of(received: Sequence[datetime], observed_at: datetime) -> int:
    """Give the first round that was received after something was observed."""
    return max(back for back, at in enumerate(received) if at >= observed_at)


@dataclass(slots=True)
class _Looks:
    """One stream over one estate."""

    stream: Stream
    estate: Estate
    seed: str
    received: tuple[datetime, ...]
    "When each round was received, the newest first."

    def in_round(self, back: int) -> Iterator[Observation]:
        """Give the looks of the round `back` quarters ago."""
        for asset in self.estate.by_kind.get(AssetKind(self.stream.of), ()):
            if _fits(asset, self.stream.where) and self._covered(asset):
                look = self._look(asset, back)
                if look is not None:
                    yield look

    def _covered(self, asset: Asset) -> bool:
        return (
            asset.id not in self.stream.unseen
            and self._chance(asset, "cover") < self.stream.coverage
        )

    def _look(self, asset: Asset, back: int) -> Observation | None:
        stream = self.stream
        observed_at = self._observed_at(asset, back)
        if observed_at is None:
            return None
        observed_at -= timedelta(minutes=whole(1, 600, asset.id, stream.name))
        unreachable = back == 0 and self._chance(asset, "unreachable") < stream.unreachable
        return Observation(
            kind=stream.kind,
            subject=asset.id,
            facet=stream.facet,
            observed_at=observed_at,
            collector=f"{stream.collector}（示範）",
            outcome=Outcome.UNREACHABLE if unreachable else Outcome.SEEN,
            reason=stream.reason if unreachable else "",
            body=None if unreachable else self._body(asset, back, observed_at),
        )

    def _observed_at(self, asset: Asset, back: int) -> datetime | None:
        """Give when the look of a round was made; None where the round has none."""
        stream = self.stream
        age = whole(*stream.ages, self.seed, stream.name, asset.id, "age")
        usual = self.received[back] - timedelta(days=age)
        if self._chance(asset, "stale") >= stream.stale:
            return usual if back < stream.rounds else None
        days = whole(*STALE_DAYS, self.seed, stream.name, asset.id, "stale-age")
        last = self.received[0] - timedelta(days=days)
        newest = _round_of(self.received, last)
        if back == newest:
            return last
        return usual if newest < back < stream.rounds else None

    def _body(self, asset: Asset, back: int, observed_at: datetime) -> Body:
        values = dict(self.stream.body)
        for number, trouble in enumerate(self.stream.trouble):
            if self._troubled(asset, number, trouble, back):
                values |= trouble.body
        return _body(self.stream.kind, values, asset, observed_at)

    def _troubled(self, asset: Asset, number: int, trouble: Trouble, back: int) -> bool:
        if asset.id in trouble.only:
            return back == 0
        if not _fits(asset, trouble.where):
            return False
        lacking = 1 - self.stream.began
        past = lacking * max(0, back - SETTLED) / max(self.stream.rounds - 1 - SETTLED, 1)
        reached = trouble.share + (1 - trouble.share) * past if number == 0 else trouble.share
        return trouble.share > 0 and self._chance(asset, f"trouble-{number}") < reached

    def _chance(self, asset: Asset, what: str) -> float:
        return share(self.seed, self.stream.name, asset.id, what)


def _fits(asset: Asset, where: Mapping[str, Any]) -> bool:
    for name, wanted in where.items():
        found = asset.attributes.get(name)
        if isinstance(found, tuple):
            if wanted not in found:
                return False
        elif found != wanted:
            return False
    return True


def _body(kind: str, values: Mapping[str, Any], asset: Asset, observed_at: datetime) -> Body:
    spec = KINDS.get(kind)
    if spec is None:
        raise ContentError(f"unknown observation kind {kind}", place=PLACE)
    filled = {name: _filled(value, asset, observed_at) for name, value in values.items()}
    unknown = filled.keys() - set(spec.field_names)
    if unknown:
        raise ContentError(f"{kind} has no field {', '.join(sorted(unknown))}", place=PLACE)
    try:
        return msgspec.convert(filled, spec.body)
    except msgspec.ValidationError as error:
        raise ContentError(f"{kind}: {error}", place=PLACE) from error


def _filled(value: object, asset: Asset, observed_at: datetime) -> object:
    """Replace `$id`, `$name` and `$days:-30` (a date so many days from the look)."""
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    word, _, argument = value.partition(":")
    match word:
        case "$id":
            return asset.id.partition(":")[2]
        case "$name":
            return asset.name
        case "$days":
            return observed_at.date() + timedelta(days=int(argument))
        case _:
            raise ContentError(f"unknown word {value}", place=PLACE)


def _records(plan: DemoPlan, estate: Estate, now: datetime) -> Iterator[Observation]:
    institution = estate.by_kind[AssetKind.INSTITUTION][0]
    for number, record in enumerate(plan.records):
        days = int(record.get("days_ago", 1))
        observed_at = now - timedelta(days=days, seconds=number)
        subject = record.get("subject", institution.id)
        body = _body(record["kind"], record["body"], estate.by_id[subject], now)
        yield Observation(
            kind=record["kind"],
            subject=subject,
            facet=record.get("facet", ""),
            observed_at=observed_at,
            collector="示範紀錄（示範）",
            body=body,
        )


def _attestations(
    plan: DemoPlan, estate: Estate, now: datetime, frameworks: Mapping[str, Framework]
) -> Iterator[Observation]:
    """Claims for what is judged from evidence, attestations for what cannot be, year by year."""
    institution = estate.by_kind[AssetKind.INSTITUTION][0]
    controls = (each for framework in frameworks.values() for each in framework.controls)
    for control, years in product(controls, range(YEARS)):
        then = now - YEAR * years
        if control.basis is Basis.EVIDENCE and control.stage < LAST_STAGE:
            kind, values = "record.claim/1", dict(_CLAIM)
        elif control.basis is Basis.ATTESTED:
            kind, values = (
                "record.attestation/1",
                _attestation(plan.bank.seed, control.key, then.date()),
            )
        else:
            continue
        if not values:
            continue
        values |= {"framework": control.framework, "control": control.id}
        when = timedelta(days=whole(20, 200, plan.bank.seed, control.key, "when"))
        yield Observation(
            kind=kind,
            subject=institution.id,
            facet=control.key,
            observed_at=then - when,
            collector="示範紀錄（示範）",
            body=_body(kind, values, institution, then),
        )


def _attestation(seed: str, key: str, today: date) -> dict[str, object]:
    point = share(seed, key, "attest")
    if point < NEVER_ATTESTED:
        return {}
    expired = point < EXPIRED
    return {
        "owner": "法令遵循處（示範）",
        "scope": "全行（示範）",
        "expires": today + timedelta(days=-whole(3, 60, key) if expired else whole(30, 300, key)),
        "attachment": ATTACHMENT,
        "attachment_sha256": sha256(ATTACHMENT.encode()).hexdigest(),
        "countersigned_by": "稽核處（示範）",
        "fulfilled": point >= ACKNOWLEDGED,
    }
