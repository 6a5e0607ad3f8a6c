"""XCCDF 1.1 and 1.2 results (NIST IR 7275), alone, in a Benchmark, or in an ARF collection.

One `xccdf.result/1` per TestResult; the facet is the profile. A result that evaluated nothing,
or less than `EVALUATED_SHARE_NEEDED` of the rules that apply, is a look that failed: an
all-"notapplicable" run is neither 0 nor 100 percent, and one rule out of 36 is no benchmark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.hosts import BenchmarkResult
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.texts import clean, instant, observed, zone_of
from panshi.observe.reading.xml_events import (
    At,
    Step,
    child_text,
    children,
    content,
    open_xml,
)

EVALUATED_SHARE_NEEDED: Final = 0.5
"Share of the applicable rules that must have been evaluated for a result to say something."
FAILED_RULES_KEPT = 1_000
RULES_READ = 100_000

_ROOTS = ("asset-report-collection", "Benchmark", "TestResult")
_ENTER = frozenset({*_ROOTS, "Rule"})
_FACTS = frozenset({"benchmark", "profile", "target", "target-address", "target-facts"})
_WORST_FIRST = (
    "fail",
    "error",
    "unknown",
    "notchecked",
    "pass",
    "fixed",
    "informational",
    "notapplicable",
    "notselected",
)
"XCCDF 1.2 table 26; a rule may be reported once per instance, the worst of them counts."
_PASSED = ("pass", "fixed")
_UNKNOWN = ("error", "unknown", "notchecked")
_SAID = {
    "notapplicable": "not applicable",
    "notchecked": "not checked",
    "error": "in error",
    "unknown": "unknown",
    "informational": "informational",
}
_FQDN = "asset:identifier:fqdn"
_HOST = "asset:identifier:host_name"


class OpenScap:
    """Reads results of OpenSCAP and other XCCDF scanners."""

    name = "openscap"
    title_zh = "OpenSCAP 組態基準檢測（XCCDF、ARF）"
    title_en = "OpenSCAP configuration benchmark (XCCDF, ARF)"
    needs_path = True
    kinds = ("xccdf.result/1",)
    suffixes = (".xml", ".arf.xml", ".xccdf.xml")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per TestResult."""
        warnings = Warnings(look)
        high: set[str] = set()
        benchmark, found = "", 0
        nameless = ""
        hosts: set[str] = set()
        result: _Result | None = None
        with open_xml(path_of(look)) as document:
            for step in document.walk(enter=_ENTER, keep=_FACTS | {"rule-result"}, roots=_ROOTS):
                match step.at, step.name:
                    case At.ENTER, "Benchmark":
                        benchmark = clean(step.element.get("id"), 200)
                    case At.ENTER, "Rule" if step.element.get("severity") == "high":
                        high.add(clean(step.element.get("id"), 200))
                    case At.ENTER, "TestResult":
                        result = _begin(step, benchmark)
                        found += 1
                    case At.WHOLE, _ if result is not None:
                        _take(step, result, warnings)
                    case At.LEAVE, "TestResult" if result is not None:
                        hosts.add(result.subject())
                        _refuse_one_name_for_many(look, hosts)
                        subject = look.subject or result.subject()
                        if subject:
                            yield _observation(look, result, subject, high)
                        else:
                            nameless = nameless or result.place
                        result = None
        _finish(str(look.path), found, nameless)
        warnings.close()


OBSERVER = OpenScap()


def _refuse_one_name_for_many(look: Look, hosts: set[str]) -> None:
    """Refuse to give several hosts one subject: the last result would stand for all."""
    if look.subject and len(hosts) > 1:
        raise UsageError(
            f"the file holds results of several hosts, and {look.subject} can name only one",
            place=str(look.path),
            remedy="leave --subject away, or read one host's file at a time",
        )


@dataclass(slots=True)
class _Result:
    """One TestResult so far."""

    place: str
    benchmark: str
    started: str
    ended: str
    scanner: str
    profile: str = ""
    targets: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    "Result by rule id."
    high: set[str] = field(default_factory=set)
    "Rules whose own result says that they are of high severity."

    def subject(self) -> str:
        """Give `host:<name>`: full name, target, short name, else an address; empty where none."""
        for name in (*self.facts.get(_FQDN, ()), *self.targets, *self.facts.get(_HOST, ())):
            short = clean(name, 255).rstrip(".").lower()
            if short and not short.startswith("localhost") and " " not in short:
                return f"host:{short}"
        return next((f"host:{each}" for each in map(_outward, self.addresses) if each), "")


def _begin(step: Step, benchmark: str) -> _Result:
    get = step.element.get
    return _Result(
        place=step.place,
        benchmark=benchmark,
        started=str(get("start-time") or ""),
        ended=str(get("end-time") or ""),
        scanner=_scanner(clean(get("test-system"), 100)),
    )


def _scanner(system: str) -> str:
    """Give `openscap 1.3.7` for `cpe:/a:redhat:openscap:1.3.7`."""
    match system.split(":"):
        case ["cpe", "/a", _, product, version, *_]:
            return f"{product} {version}".strip()
        case _:
            return system


def _take(step: Step, result: _Result, warnings: Warnings) -> None:
    """Take one part of a TestResult."""
    element = step.element
    match step.name:
        case "rule-result":
            _take_rule(step, result, warnings)
        case "benchmark":
            result.benchmark = clean(element.get("id"), 200) or result.benchmark
        case "profile":
            result.profile = clean(element.get("idref"), 200)
        case "target":
            result.targets.append(content(element))
        case "target-address":
            result.addresses.append(content(element))
        case "target-facts":
            for fact in children(element, "fact"):
                name = str(fact.get("name") or "")
                for known in (_FQDN, _HOST):
                    if name.endswith(known):
                        result.facts.setdefault(known, []).append(content(fact))


def _take_rule(step: Step, result: _Result, warnings: Warnings) -> None:
    rule = clean(step.element.get("idref"), 200)
    outcome = child_text(step.element, "result")
    if not rule or outcome not in _WORST_FIRST:
        warnings.tell(step.place, f"rule result {clean(outcome, 40)!r} of {rule!r} is not known")
        outcome = "unknown"
    if step.element.get("role") == "unscored":  # 6.6.4.6: evaluated, yet of no account
        outcome = "informational"
    known = result.rules.get(rule, "notselected")
    result.rules[rule] = min(known, outcome, key=_WORST_FIRST.index)
    if len(result.rules) > RULES_READ:
        raise BadInputError(f"more than {RULES_READ:,} rules in one result", place=step.place)
    if step.element.get("severity") == "high":
        result.high.add(rule)


def _observation(look: Look, result: _Result, subject: str, high: set[str]) -> Observation:
    counts = Counter(result.rules.values())
    evaluated = counts["fail"] + sum(counts[each] for each in _PASSED)
    selected = len(result.rules) - counts["notselected"] - counts["informational"]
    applicable = selected - counts["notapplicable"]
    moment = observed(result.ended or result.started, look, result.place)
    began = instant(result.started, zone_of(look))
    reason = _inconclusive(counts, evaluated, applicable)
    failed = [rule for rule, outcome in result.rules.items() if outcome == "fail"]
    passed = evaluated - counts["fail"]
    return Observation(
        kind="xccdf.result/1",
        subject=subject,
        facet=result.profile,
        observed_at=moment,
        period_start=began if began is not None and began <= moment else None,
        collector=result.scanner or "XCCDF",
        outcome=Outcome.FAILED if reason else Outcome.SEEN,
        reason=reason,
        body=None
        if reason
        else BenchmarkResult(
            benchmark=result.benchmark,
            profile=result.profile,
            selected=selected,
            evaluated=evaluated,
            passed=passed,
            failed=counts["fail"],
            not_applicable=counts["notapplicable"],
            unknown=sum(counts[each] for each in _UNKNOWN),
            passed_share=passed / evaluated,
            evaluated_share=evaluated / applicable,
            failed_high=sum(rule in high or rule in result.high for rule in failed),
            failed_rules=tuple(failed[:FAILED_RULES_KEPT]),
        ),
    )


def _inconclusive(counts: Counter[str], evaluated: int, applicable: int) -> str:
    """Say why the result says nothing of the host; empty where it does."""
    if not evaluated:
        others = ", ".join(f"{counts[key]} {said}" for key, said in _SAID.items() if counts[key])
        return f"no rule was evaluated: {others or 'the result lists none that is selected'}"
    if evaluated < EVALUATED_SHARE_NEEDED * applicable:
        verb = "was" if evaluated == 1 else "were"
        return f"only {evaluated} of {applicable} rules {verb} evaluated"
    return ""


def _finish(name: str, found: int, nameless: str) -> None:
    if not found:
        raise BadInputError(
            "contains no TestResult: it is a benchmark, not the result of one",
            place=name,
            remedy="name the file written by oscap with --results or --results-arf",
        )
    if nameless:
        raise UsageError(
            "the result does not say which host was examined",
            place=nameless,
            remedy="name the asset, for example --subject host:web-01",
        )


def _outward(text: str) -> str:
    """Give an address that is not one every host has; empty for those and for what is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return ""
    return "" if address.is_loopback or address.is_link_local else str(address)
