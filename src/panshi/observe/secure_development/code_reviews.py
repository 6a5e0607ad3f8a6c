"""Code reviews: merge requests as GitHub and GitLab export them.

GitHub: `gh pr list --state merged --json number,author,mergedAt,mergedBy,reviews,baseRefName`.
GitLab: the merge requests of the API, each with its `approvals` (or `approved_by`) put in.
A change counts as reviewed only where somebody other than its author approved it before it was
merged and the export says when; approvals that were dismissed do not count. Names of people are
compared and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import CODE_REVIEW, CodeReview
from panshi.model.observation import Observation
from panshi.model.zone import day_of
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.members import flag, listed, member, table, text
from panshi.observe.reading.records import Record
from panshi.observe.reading.texts import clean, instant, zone_of
from panshi.observe.secure_development.documents import json_documents
from panshi.observe.secure_development.releases import facet_of, release_of, subject_of

EXAMPLES = 20
_BOT_ENDINGS = ("[bot]", "-bot", "_bot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One approval that stands."""

    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One merged change, in the same words for both platforms."""

    number: str
    author: str
    merged_at: datetime
    merged_by: str
    by_bot: bool
    approvals: tuple[Approval, ...]


@dataclass(slots=True)
class _Tally:
    """What became of the changes so far."""

    merged: int = 0
    reviewed: int = 0
    self_approved: int = 0
    late: int = 0
    undated: int = 0
    by_bot: int = 0
    by_author: int = 0
    unreadable: int = 0
    examples: list[str] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    def take(self, change: Change) -> None:
        """Count one change."""
        self.merged += 1
        self.times.append(change.merged_at)
        self.by_bot += change.by_bot
        self.by_author += bool(change.merged_by) and change.merged_by == change.author
        others = [each for each in change.approvals if each.by != change.author]
        if any(each.at is not None and each.at <= change.merged_at for each in others):
            self.reviewed += 1
            return
        if any(each.at is None for each in others):
            self.undated += 1
        elif others:
            self.late += 1
        elif change.approvals:
            self.self_approved += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(change.number)


class CodeReviews:
    """Reads exports of merge requests."""

    name = "code-review"
    title_zh = "程式碼審查（GitHub、GitLab 合併請求）"
    title_en = "Code review (merge requests of GitHub, GitLab)"
    needs_path = True
    kinds = (CODE_REVIEW,)
    suffixes = (".pulls.json", ".merge-requests.json", ".mrs.json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation for the export."""
        subject, release = subject_of(look), release_of(look)
        path = path_of(look)
        warnings, tally = Warnings(look), _Tally()
        forge, repository = "", clean(look.options.get("repository", ""), 200)
        for place, document in json_documents(path):
            of = _forge(document)
            if not of or (forge and of != forge):
                raise BadInputError(
                    "is no merge request of GitHub or GitLab",
                    place=place,
                    remedy="export with `gh pr list --json …`, or the merge requests of GitLab",
                )
            forge = of
            repository = repository or _repository(document)
            _take(document, forge, tally, warnings, place, look)
        warnings.close()
        if not tally.merged:
            raise BadInputError(
                "no merged change can be read", place=str(path), remedy="export merged changes"
            )
        first, last = min(tally.times), max(tally.times)
        yield Observation(
            kind=CODE_REVIEW,
            subject=subject,
            facet=facet_of(release, repository or forge),
            observed_at=min(last, look.now),
            period_start=min(first, look.now),
            collector=forge,
            body=_body(tally, forge, repository, release),
        )


OBSERVER = CodeReviews()


def _forge(document: Record) -> str:
    if "iid" in document or ("merge_commit_sha" in document and "target_branch" in document):
        return "GitLab"
    return "GitHub" if "number" in document else ""


def _repository(document: Record) -> str:
    found = text(document, "baseRepository", "nameWithOwner", limit=200)
    found = found or text(document, "base", "repo", "full_name", limit=200)
    return found or text(document, "references", "full", limit=200).partition("!")[0]


def _take(
    document: Record, forge: str, tally: _Tally, warnings: Warnings, place: str, look: Look
) -> None:
    merged = text(document, "mergedAt", limit=60) or text(document, "merged_at", limit=60)
    if not merged:
        return
    read = _github if forge == "GitHub" else _gitlab
    change = read(document, merged, look)
    if change is None:
        tally.unreadable += 1
        warnings.tell(place, "a merged change without author or time; it is left out")
        return
    tally.take(change)


def _github(document: Record, merged: str, look: Look) -> Change | None:
    author = _login(table(document, "author") or table(document, "user"))
    at = instant(merged, zone_of(look))
    if not author or at is None:
        return None
    merger = table(document, "mergedBy") or table(document, "merged_by")
    latest: dict[str, tuple[str, datetime | None]] = {}
    for each in listed(document, "reviews") or listed(document, "reviews", "nodes"):
        state = text(each, "state", limit=40).upper()
        who = _login(table(each, "author") or table(each, "user"))
        if who and state in {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}:
            told = text(each, "submittedAt", limit=60) or text(each, "submitted_at", limit=60)
            given = instant(told, zone_of(look))
            known = latest.get(who)
            # What counts is what a reviewer said last, up to the merge if there is such a word.
            if known is None or _supersedes(given, known[1], at):
                latest[who] = (state, given)
    return Change(
        number=str(document.get("number"))[:20],
        author=author,
        merged_at=at,
        merged_by=_login(merger),
        by_bot=_bot(merger),
        approvals=tuple(
            Approval(by=who, at=given)
            for who, (state, given) in latest.items()
            if state == "APPROVED"
        ),
    )


def _supersedes(new: datetime | None, old: datetime | None, merged: datetime) -> bool:
    if new is None or old is None:
        return new is not None
    if (new <= merged) != (old <= merged):
        return new <= merged
    return new >= old


def _gitlab(document: Record, merged: str, look: Look) -> Change | None:
    author = text(document, "author", "username", limit=200).lower()
    at = instant(merged, zone_of(look))
    if not author or at is None:
        return None
    merger = table(document, "merge_user") or table(document, "merged_by")
    given = listed(document, "approved_by") or listed(document, "approvals", "approved_by")
    approvals = []
    for each in given:
        who = text(table(each, "user") or each, "username", limit=200).lower()
        if who:
            when = instant(text(each, "approved_at", limit=60), zone_of(look))
            approvals.append(Approval(by=who, at=when))
    return Change(
        number=str(document.get("iid", document.get("id")))[:20],
        author=author,
        merged_at=at,
        merged_by=text(merger, "username", limit=200).lower(),
        by_bot=_bot(merger),
        approvals=tuple(approvals),
    )


def _login(person: object) -> str:
    return text(person, "login", limit=200).lower()


def _bot(person: object) -> bool:
    if flag(person, "is_bot") or flag(person, "bot") or member(person, "type") == "Bot":
        return True
    name = _login(person) or text(person, "username", limit=200).lower()
    return name.endswith(_BOT_ENDINGS)


def _body(tally: _Tally, forge: str, repository: str, release: str) -> CodeReview:
    return CodeReview(
        forge=forge,
        repository=repository,
        merged=tally.merged,
        reviewed=tally.reviewed,
        unreviewed=tally.merged - tally.reviewed,
        self_approved=tally.self_approved,
        late=tally.late,
        undated=tally.undated,
        merged_by_bot=tally.by_bot,
        merged_by_author=tally.by_author,
        reviewed_share=round(tally.reviewed / tally.merged, 4),
        first=day_of(min(tally.times)),
        last=day_of(max(tally.times)),
        examples=tuple(clean(each, 20) for each in tally.examples),
        unreadable=tally.unreadable,
        release=release,
    )
