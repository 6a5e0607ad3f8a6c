"""Prowler's JSON-OCSF output (Prowler 4 and newer): one `cloud.posture/1` per account.

Each entry is an OCSF finding (detection finding 2004; earlier compliance finding 2003) about one
resource. PASS and FAIL count; what is MUTED (suppressed) or MANUAL was not judged and is counted
apart. An account of which nothing was judged is a look that failed. What a resource holds
(`resources[].data`, tags) is passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.scans import CloudPosture
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.members import epoch, flag, listed, text, whole
from panshi.observe.reading.records import Record, records
from panshi.observe.reading.texts import observed
from panshi.observe.severities import SEVERITIES, severity

KIND = "cloud.posture/1"
EVALUATED_SHARE_NEEDED: Final = 0.5
"Share of the results that must have been judged for an account to be seen."
KEPT = 500
_CLASSES = (2003, 2004)
"OCSF: compliance finding, detection finding."
_MOST_ACCOUNTS = 10_000
_MOST_NAMES = 200_000


@dataclass(slots=True)
class _Account:
    """One account so far."""

    provider: str
    uid: str
    results: Counter[str] = field(default_factory=Counter)
    grades: Counter[str] = field(default_factory=Counter)
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)
    checks: set[str] = field(default_factory=set)
    resources: set[int] = field(default_factory=set)
    "Hashes of their ids: only how many they are is told."
    regions: set[str] = field(default_factory=set)
    ended: str = ""


class Prowler:
    """Reads findings of Prowler."""

    name = "prowler"
    title_zh = "Prowler 雲端組態檢測（OCSF）"
    title_en = "Prowler cloud posture (OCSF)"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".ocsf.json", ".json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per account."""
        accounts: dict[tuple[str, str], _Account] = {}
        warnings = Warnings(look)
        version = ""
        for place, entry in records(path_of(look)):
            version = _checked(entry, place) or version
            account = _account(accounts, entry, place)
            _take(account, entry, place, warnings)
        warnings.close()
        if look.subject and len(accounts) > 1:
            raise UsageError(
                f"the file speaks of {len(accounts)} accounts, and {look.subject} can name one",
                place=str(look.path),
                remedy="leave the subject out; each account is named by its own id",
            )
        for account in accounts.values():
            yield _observation(look, account, version)


OBSERVER = Prowler()


def _checked(entry: Record, place: str) -> str:
    """Give the version of Prowler; refuse what is not one of its findings."""
    kind = whole(entry, "class_uid")
    product = text(entry, "metadata", "product", "name").lower()
    if kind not in _CLASSES or product != "prowler":
        raise BadInputError(
            "is not a finding of Prowler in OCSF (class 2003 or 2004)",
            place=place,
            remedy="write it with prowler 4 or newer and --output-formats json-ocsf",
        )
    return text(entry, "metadata", "product", "version", limit=40)


def _account(accounts: dict[tuple[str, str], _Account], entry: Record, place: str) -> _Account:
    provider = text(entry, "cloud", "provider", limit=40) or text(
        entry, "unmapped", "provider", limit=40
    )
    uid = text(entry, "cloud", "account", "uid", limit=200) or text(
        entry, "unmapped", "provider_uid", limit=200
    )
    if not provider or not uid:
        raise BadInputError(
            "a finding that names no account", place=place, remedy="export it again"
        )
    if len(accounts) >= _MOST_ACCOUNTS:
        raise BadInputError(f"more than {_MOST_ACCOUNTS:,} accounts", place=place)
    return accounts.setdefault((provider, uid), _Account(provider=provider.lower(), uid=uid))


def _take(account: _Account, entry: Record, place: str, warnings: Warnings) -> None:
    result = _result(entry)
    if not result:
        warnings.tell(place, f"status {text(entry, 'status_code', limit=40)!r} is not known")
        result = "unknown"
    account.results[result] += 1
    check = text(entry, "metadata", "event_code", limit=200)
    grade = severity(text(entry, "severity", limit=20))
    if result == "FAIL":
        account.grades[grade] += 1
        account.failed[grade, check] += 1
    if len(account.checks) + len(account.regions) + len(account.resources) > 3 * _MOST_NAMES:
        raise BadInputError("more resources than are read of one account", place=place)
    account.checks.add(check)
    for resource in listed(entry, "resources"):
        account.resources.add(hash(text(resource, "uid")))
        if region := text(resource, "region", limit=60):
            account.regions.add(region)
    told = epoch(entry, "time") or text(entry, "time_dt", limit=60)
    account.ended = max(account.ended, told)


def _result(entry: Record) -> str:
    """Give PASS, FAIL, MANUAL or MUTED; what is suppressed was not judged, whatever it says."""
    muted = flag(entry, "unmapped", "muted") or whole(entry, "status_id") == 3  # noqa: PLR2004  OCSF: Suppressed
    word = text(entry, "status_code", limit=40).upper()
    if muted or word == "MUTED" or text(entry, "status").lower() == "suppressed":
        return "MUTED"
    return {"PASS": "PASS", "FAIL": "FAIL", "MANUAL": "MANUAL", "INFO": "MANUAL"}.get(word, "")


def _observation(look: Look, account: _Account, version: str) -> Observation:
    results = account.results
    evaluated = results["PASS"] + results["FAIL"]
    judged = evaluated / results.total()
    reason = ""
    if not evaluated:
        reason = (
            f"nothing was judged: {results['MUTED']} muted, {results['MANUAL']} manual, "
            f"{results['unknown']} of unknown status"
        )
    elif judged < EVALUATED_SHARE_NEEDED:
        reason = f"only {evaluated} of {results.total()} results were judged"
    return Observation(
        kind=KIND,
        subject=look.subject or f"system:{account.provider}-{account.uid.lower()}",
        facet="prowler",
        observed_at=observed(account.ended, look, str(look.path)),
        collector=f"Prowler {version}".strip(),
        outcome=Outcome.FAILED if reason else Outcome.SEEN,
        reason=reason,
        body=None if reason else _body(account, evaluated, judged),
    )


def _body(account: _Account, evaluated: int, judged: float) -> CloudPosture:
    results, grades = account.results, account.grades
    gravest = sorted(
        account.failed.items(), key=lambda each: (SEVERITIES.index(each[0][0]), each[0][1])
    )
    return CloudPosture(
        provider=account.provider,
        account=account.uid,
        evaluated=evaluated,
        passed=results["PASS"],
        passed_share=results["PASS"] / evaluated,
        evaluated_share=judged,
        critical=grades["critical"],
        # Severity unknown: not told to be harmless.
        high=grades["high"] + grades["unknown"],
        medium=grades["medium"],
        low=grades["low"],
        muted=results["MUTED"],
        manual=results["MANUAL"] + results["unknown"],
        checks=len(account.checks),
        resources=len(account.resources),
        regions=tuple(sorted(account.regions))[:KEPT],
        failed_checks=tuple(f"{grade} {check}: {n:,}" for (grade, check), n in gravest[:KEPT]),
    )
