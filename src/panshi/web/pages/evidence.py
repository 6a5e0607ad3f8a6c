"""Evidence: the log with filters, one observation, its proof checked here or taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.resources import files

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render

from panshi.evidence.log import Filter
from panshi.model.bodies import KINDS, KindSpec
from panshi.model.control import Control
from panshi.model.observation import ObservationId, Outcome, Sealed
from panshi.model.verdict import Verdict
from panshi.web import problems
from panshi.web.asked import beginning_of, position
from panshi.web.body_words import field_label, shown_value
from panshi.web.exporting import csv_lines
from panshi.web.frame import chosen_estate
from panshi.web.gate import action, may
from panshi.web.nodes import node
from panshi.web.words import chinese

PER_PAGE = 50
EXPORTED = 200_000
EXPORT_STEP = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One observation of the list."""

    sealed: Sealed
    kind: KindSpec | None


@action("evidence.view")
def evidence(request: HttpRequest) -> HttpResponse:
    """List observations, newest first."""
    asked = request.GET
    log = node().log
    before = position(asked.get("before", ""))
    found = log.page(_filter(asked), before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    context = {
        "lines": [Line(sealed=each, kind=KINDS.get(each.observation.kind)) for each in shown],
        "following": shown[-1].position if len(found) > PER_PAGE else None,
        "before": before,
        "size": log.size(),
        "kinds": sorted((name, KINDS[name], n) for name, n in log.kinds().items() if name in KINDS),
        "outcomes": tuple(Outcome),
        "filtered": any(
            asked.get(name)
            for name in ("kind", "subject", "outcome", "collector", "text", "since", "until")
        ),
    }
    return render(request, "pages/evidence.html", context)


@action("evidence.view")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give the filtered list as CSV; bodies stay where they are."""
    node().audit(request.user.get_username(), "evidence.export", request.get_full_path()[:200])
    header = ("position", "id", "kind", "subject", "facet", "outcome", "observed_at", "collector")
    return csv_lines("panshi-evidence.csv", header, _exported(_filter(request.GET)))


def _exported(wanted: Filter) -> Iterator[tuple[object, ...]]:
    before: int | None = None
    given = 0
    while given < EXPORTED:
        page = node().log.page(wanted, before=before, limit=EXPORT_STEP)
        if not page:
            return
        for each in page:
            seen = each.observation
            yield (
                each.position,
                each.id,
                seen.kind,
                seen.subject,
                seen.facet,
                seen.outcome.value,
                seen.observed_at.isoformat(timespec="seconds"),
                seen.collector,
            )
        before, given = page[-1].position, given + len(page)


@action("evidence.view")
def observation(request: HttpRequest, observation_id: str) -> HttpResponse:
    """Show one observation: what was seen, by whom, and which verdicts rest on it."""
    sealed = _sealed(observation_id)
    kind = KINDS.get(sealed.observation.kind)
    personal = kind is not None and kind.personal
    open_body = not personal or may(request, "evidence.personal")
    if personal and open_body:
        node().audit(request.user.get_username(), "evidence.personal", observation_id)
    body = sealed.observation.body
    estate_id = chosen_estate(request)
    context = {
        "sealed": sealed,
        "kind": kind,
        "chinese": chinese(),
        "personal": personal,
        "open_body": open_body,
        "body": _labelled(body) if body is not None and open_body else (),
        "size": node().log.size(),
        "checkpoint": node().log.checkpoint(),
        "asset": _asset(estate_id, sealed.observation.subject),
        "depending": _depending(estate_id, sealed) if estate_id else (),
    }
    return render(request, "pages/observation.html", context)


@action("evidence.view")
def verify(request: HttpRequest, observation_id: str) -> HttpResponse:
    """Build the proof of one observation and check it, showing each step."""
    sealed = _sealed(observation_id)
    made = node().prove(sealed.id)
    report = node().verify(made)
    told = json.loads(made)
    context = {
        "sealed": sealed,
        "report": report,
        "path": told["path"],
        "leaf_index": told["leaf_index"],
        "checkpoint": told["checkpoint"],
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "parts/verified.html" if partial else "pages/verified.html", context)


@action("evidence.view")
def bundle(request: HttpRequest, observation_id: str) -> HttpResponse:
    """Give the proof file; it holds the body, so personal ones by duty only, and audited."""
    sealed = _sealed(observation_id)
    kind = KINDS.get(sealed.observation.kind)
    if kind is not None and kind.personal and not may(request, "evidence.personal"):
        return problems.forbidden(request, "evidence.personal")
    node().audit(request.user.get_username(), "evidence.download", sealed.id)
    return _download(node().prove(sealed.id), f"panshi-{sealed.id}.json", "application/json")


@action("evidence.view")
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Give the stand-alone verifier, which runs where Panshi is not installed."""
    script = files("panshi.evidence").joinpath("standalone", "panshi_verify.py").read_bytes()
    return _download(script, "panshi_verify.py", "text/x-python")


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _sealed(observation_id: str) -> Sealed:
    found = node().log.get(ObservationId(observation_id))
    if found is None:
        raise Http404(observation_id)
    return found


def _filter(asked: QueryDict) -> Filter:
    outcome = asked.get("outcome", "")
    return Filter(
        kind=asked.get("kind", ""),
        subject=asked.get("subject", "").strip(),
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        collector=asked.get("collector", "").strip(),
        text=asked.get("text", "").strip(),
        since=beginning_of(asked.get("since", "")),
        until=beginning_of(asked.get("until", "")),
    )


def _labelled(body: object) -> list[tuple[str, str, object]]:
    """Name, label and value of each field of a body, in its own order."""
    return [
        (each.name, field_label(each.name), shown_value(getattr(body, each.name)))
        for each in fields(body)  # type: ignore[arg-type]
    ]


def _asset(estate_id: str, subject: str) -> str:
    return (node().estate(estate_id).resolve(subject) or "") if estate_id else ""


def _depending(estate_id: str, sealed: Sealed) -> list[tuple[Control, Verdict]]:
    """Verdicts that rest on an observation: only controls that ask for its kind are judged."""
    kind = sealed.observation.kind
    body = msgspec.to_builtins(sealed.observation.body) if sealed.observation.body else {}
    named = (
        f"{body.get('framework', '')}/{body.get('control', '')}" if isinstance(body, dict) else ""
    )
    found = []
    for framework in node().library.frameworks.values():
        for control in framework.controls:
            asks = control.check is not None and control.check.observation == kind
            tests = any(each.observation == kind for each in control.contradicted_by)
            if asks or tests or control.key == named:
                verdict = node().verdict(control.key, estate_id)
                if sealed.id in verdict.evidence_ids:
                    found.append((control, verdict))
    return found
