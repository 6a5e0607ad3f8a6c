"""Wazuh and OSSEC alerts (`alerts.json`, one object a line; or an array of them).

Per agent one `monitoring.agent/1` over the period of the file, and per agent and policy one
`xccdf.result/1` from the newest summary of Wazuh's configuration assessment. That assessment
gives no severities: every rule that failed counts as grave. The log line, the user and the address
of an alert are passed over; an alert that stands twice in a row of many counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.fleet import AgentAlerts
from panshi.model.bodies.hosts import BenchmarkResult
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.members import epoch, member, table, text, texts, whole
from panshi.observe.reading.records import Record, records
from panshi.observe.reading.texts import instant, observed, zone_of

ALERTS = "monitoring.agent/1"
BENCHMARK = "xccdf.result/1"
CRITICAL, HIGH = 12, 7
"Rule levels from which an alert counts as critical, as high."
HIGHEST = 16
RULES_KEPT = 200
_REMEMBERED = 50_000
_MOST_AGENTS = 100_000
_MOST_NAMES = 5_000


@dataclass(slots=True)
class _Agent:
    """One agent so far."""

    manager: str = ""
    alerts: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[int, str]] = field(default_factory=Counter)
    groups: set[str] = field(default_factory=set)
    techniques: set[str] = field(default_factory=set)
    oldest: datetime | None = None
    newest: datetime | None = None
    policies: dict[str, tuple[datetime, Record]] = field(default_factory=dict)


class Wazuh:
    """Reads alerts of Wazuh and OSSEC."""

    name = "wazuh"
    title_zh = "Wazuh、OSSEC 告警"
    title_en = "Wazuh and OSSEC alerts"
    needs_path = True
    kinds = (ALERTS, BENCHMARK)
    suffixes = (".json", ".jsonl", ".ndjson")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per agent, and one per agent and policy."""
        agents = _read(look)
        if look.subject and len(agents) > 1:
            raise UsageError(
                f"the file is of {len(agents)} agents, and {look.subject} can name only one",
                place=str(look.path),
                remedy="leave the subject out; each host is named by its agent",
            )
        for name, agent in agents.items():
            subject = look.subject or f"host:{name}"
            if agent.newest is not None:
                yield _alerts(subject, name, agent, agent.newest)
            for policy, (moment, summary) in agent.policies.items():
                yield _benchmark(subject, policy, moment, summary)


OBSERVER = Wazuh()


def _read(look: Look) -> dict[str, _Agent]:
    agents: dict[str, _Agent] = {}
    recent: dict[str, None] = {}
    warnings = Warnings(look)
    for place, alert in records(path_of(look)):
        level, name = _head(alert, place)
        number = text(alert, "id", limit=60)
        if number and number in recent:
            continue
        recent[number] = None
        if len(recent) > _REMEMBERED:
            del recent[next(iter(recent))]
        if len(agents) >= _MOST_AGENTS:
            raise BadInputError(f"more than {_MOST_AGENTS:,} agents", place=place)
        stated = text(alert, "timestamp", limit=60) or epoch(alert, "TimeStamp")
        if instant(stated, zone_of(look)) is None:
            warnings.tell(place, "an alert without a time; it is left out")
            continue
        moment = observed(stated, look, place)
        _take(agents.setdefault(name, _Agent()), alert, level, moment)
    warnings.close()
    return agents


def _head(alert: Record, place: str) -> tuple[int, str]:
    """Give the level of the rule and the name of the agent, of Wazuh or of OSSEC."""
    level = whole(alert, "rule", "level")
    name = text(alert, "agent", "name", limit=255) or text(alert, "agent_name", limit=255)
    name = (name or text(alert, "hostname", limit=255)).rstrip(".").lower()
    if member(alert, "rule", "level") is None or not name or not 0 <= level <= HIGHEST:
        raise BadInputError(
            "is no alert of Wazuh or OSSEC: it lacks the rule's level or the agent",
            place=place,
            remedy="name alerts.json of the manager",
        )
    return level, name


def _take(agent: _Agent, alert: Record, level: int, moment: datetime) -> None:
    agent.alerts += 1
    agent.manager = text(alert, "manager", "name", limit=255) or agent.manager
    agent.newest = max(agent.newest or moment, moment)
    agent.oldest = min(agent.oldest or moment, moment)
    groups = texts(alert, "rule", "groups", limit=60)
    agent.grades["critical"] += level >= CRITICAL
    agent.grades["high"] += HIGH <= level < CRITICAL
    agent.grades["files"] += "syscheck" in groups
    agent.grades["vulnerabilities"] += "vulnerability-detector" in groups
    rule = text(alert, "rule", "id", limit=40) or str(whole(alert, "rule", "sidid"))
    if len(agent.rules) < _MOST_NAMES:
        agent.rules[level, rule] += 1
    if len(agent.groups) < _MOST_NAMES:
        agent.groups.update(groups)
        agent.techniques.update(texts(alert, "rule", "mitre", "id", limit=20))
    summary = table(alert, "data", "sca")
    if text(summary, "type") == "summary" and len(agent.policies) < _MOST_NAMES:
        policy = text(summary, "policy_id", limit=200) or text(summary, "policy", limit=200)
        known = agent.policies.get(policy)
        if known is None or moment >= known[0]:
            agent.policies[policy] = (moment, summary)


def _alerts(subject: str, name: str, agent: _Agent, newest: datetime) -> Observation:
    gravest = sorted(agent.rules.items(), key=lambda each: (-each[0][0], -each[1], each[0][1]))
    return Observation(
        kind=ALERTS,
        subject=subject,
        facet="wazuh",
        observed_at=newest,
        period_start=agent.oldest,
        collector="Wazuh",
        body=AgentAlerts(
            agent=name,
            manager=agent.manager,
            alerts=agent.alerts,
            critical=agent.grades["critical"],
            high=agent.grades["high"],
            rules=tuple(f"{rule} {level}: {n:,}" for (level, rule), n in gravest[:RULES_KEPT]),
            groups=tuple(sorted(agent.groups))[:RULES_KEPT],
            techniques=tuple(sorted(agent.techniques))[:RULES_KEPT],
            file_changes=agent.grades["files"],
            vulnerabilities=agent.grades["vulnerabilities"],
        ),
    )


def _benchmark(subject: str, policy: str, moment: datetime, summary: Record) -> Observation:
    passed, failed = whole(summary, "passed"), whole(summary, "failed")
    passed_over, total = whole(summary, "invalid"), whole(summary, "total_checks")
    evaluated = passed + failed
    applicable = max(total - passed_over, evaluated)
    reason = ""
    if min(passed, failed, passed_over, total) < 0:
        reason = "the counts of the summary are below zero"
    elif not evaluated:
        reason = f"no check was evaluated: {passed_over} of {total} not applicable"
    elif 2 * evaluated < applicable:
        reason = f"only {evaluated} of {applicable} checks were evaluated"
    return Observation(
        kind=BENCHMARK,
        subject=subject,
        facet=policy,
        observed_at=moment,
        collector="Wazuh SCA",
        outcome=Outcome.FAILED if reason else Outcome.SEEN,
        reason=reason,
        body=None
        if reason
        else BenchmarkResult(
            benchmark=text(summary, "policy", limit=200) or policy,
            profile=policy,
            selected=max(total, evaluated),
            evaluated=evaluated,
            passed=passed,
            failed=failed,
            not_applicable=passed_over,
            unknown=applicable - evaluated,
            passed_share=passed / evaluated,
            evaluated_share=evaluated / applicable,
            failed_high=failed,
        ),
    )
