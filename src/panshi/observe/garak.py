"""garak report files (`*.report.jsonl`, 0.9 and newer): probes of an AI system and their hits.

One `ai.probe/1` per probe and detector, from the `eval` entries. A probe whose answers no detector
could judge is a failed look; so is a probe that had begun when the run broke off. Prompts and
answers (`attempt` entries) are passed over.

Option `tolerated`: the share of hits, 0 to 1, up to which a probe counts as passed (default 0).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.scans import AiProbe
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.members import member, text, whole
from panshi.observe.reading.records import Record, records
from panshi.observe.reading.texts import observed

KIND = "ai.probe/1"
LIMITS = Limits(max_text=16 * MIB)
"garak writes its list of plug-ins and whole conversations on one line each."
_MOST_PROBES = 20_000
_ENTRIES = frozenset(
    {"start_run setup", "init", "config", "attempt", "eval", "completion", "digest"}
    | {"plugin_cache", "probe_summary", "payload_init", "tree_data", "run_info"}
)


@dataclass(slots=True)
class _Run:
    """What has been read of the run so far."""

    version: str = ""
    generator: str = ""
    model: str = ""
    started: str = ""
    ended: str = ""
    attempted: dict[str, None] = field(default_factory=dict)
    evals: dict[tuple[str, str], tuple[int, int, int]] = field(default_factory=dict)
    "(probe, detector) → passed, evaluated, unanswered."


class Garak:
    """Reads reports of garak."""

    name = "garak"
    title_zh = "garak 人工智慧紅隊探測"
    title_en = "garak probes of an AI system"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".report.jsonl", ".jsonl")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per probe and detector."""
        tolerated = _tolerated(look)
        run = _Run()
        for place, entry in records(path_of(look), LIMITS):
            _take(entry, place, run)
        name = str(look.path)
        if not run.version:
            raise BadInputError(
                "is not a garak report: it names no garak version",
                place=name,
                remedy="name the file garak wrote, ending in .report.jsonl",
            )
        subject = look.subject or _subject(run.model)
        if not subject:
            raise UsageError(
                "the report does not name the model that was probed",
                place=name,
                remedy="name the asset, for example --subject ai_system:chatbot",
            )
        moment = observed(run.ended or run.started, look, name)
        for (probe, detector), (passed, evaluated, unanswered) in run.evals.items():
            body = None
            if evaluated:
                hits = evaluated - passed
                body = AiProbe(
                    passed=hits <= tolerated * evaluated,
                    family=probe.partition(".")[0],
                    probe=probe,
                    detector=detector,
                    evaluated=evaluated,
                    hits=hits,
                    passed_share=passed / evaluated,
                    tolerated=tolerated,
                    unanswered=unanswered,
                    model=run.model,
                )
            reason = "" if body else "no answer could be judged by the detector"
            yield _observation(run, subject, moment, f"{probe} {detector}", body, reason)
        judged = {probe for probe, _detector in run.evals}
        for probe in run.attempted:
            if probe not in judged:
                reason = "the run broke off before the probe was evaluated"
                yield _observation(run, subject, moment, probe, None, reason)
        if not run.evals and not run.attempted:
            yield _observation(run, subject, moment, "", None, "the run probed nothing")


OBSERVER = Garak()


def _observation(
    run: _Run, subject: str, moment: datetime, facet: str, body: AiProbe | None, reason: str
) -> Observation:
    return Observation(
        kind=KIND,
        subject=subject,
        facet=facet,
        observed_at=moment,
        collector=f"garak {run.version}",
        outcome=Outcome.SEEN if body is not None else Outcome.FAILED,
        reason=reason,
        body=body,
    )


def _take(entry: Record, place: str, run: _Run) -> None:
    kind = text(entry, "entry_type", limit=40)
    match kind:
        case "start_run setup" | "config":
            run.version = run.version or text(entry, "_config.version", limit=40)
            run.generator = text(entry, "plugins.target_type") or text(entry, "plugins.model_type")
            run.model = text(entry, "plugins.target_name") or text(entry, "plugins.model_name")
            run.model = run.model or run.generator
        case "init":
            run.version = text(entry, "garak_version", limit=40) or run.version
            run.started = text(entry, "start_time", limit=60)
        case "completion":
            run.ended = text(entry, "end_time", limit=60)
        case "attempt":
            run.attempted.setdefault(_plain(text(entry, "probe_classname", limit=200)))
        case "eval":
            _evaluated(entry, place, run)
        case _ if kind not in _ENTRIES:
            raise BadInputError(
                f"an entry of type {kind!r}, which no garak report has",
                place=place,
                remedy="name the file garak wrote, ending in .report.jsonl",
            )
    if len(run.evals) + len(run.attempted) > _MOST_PROBES:
        raise BadInputError(f"more than {_MOST_PROBES:,} probes", place=place)


def _evaluated(entry: Record, place: str, run: _Run) -> None:
    probe = _plain(text(entry, "probe", limit=200))
    detector = text(entry, "detector", limit=200).removeprefix("detector.")
    total = "total_evaluated" if member(entry, "total_evaluated") is not None else "total"
    passed, evaluated = whole(entry, "passed"), whole(entry, total)
    if not probe or not detector or not 0 <= passed <= evaluated:
        raise BadInputError("an evaluation that does not add up", place=place)
    # Twice in one file: both count, so that a later clean pass hides no hit.
    known = run.evals.get((probe, detector), (0, 0, 0))
    unanswered = max(whole(entry, "nones"), 0)
    run.evals[probe, detector] = (
        known[0] + passed,
        known[1] + evaluated,
        known[2] + unanswered,
    )


def _plain(probe: str) -> str:
    return probe.removeprefix("probes.")


def _subject(model: str) -> str:
    last = model.rpartition("/")[2].strip().lower()
    return f"ai_system:{last}" if last and " " not in last else ""


def _tolerated(look: Look) -> float:
    stated = look.options.get("tolerated", "0")
    try:
        share = float(stated)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise UsageError(
            f"option tolerated is {stated!r}", remedy="give a share from 0 to below 1, e.g. 0.05"
        )
    return share
