"""ZAP reports, traditional JSON and XML (2.8 and newer): one `web.scan/1` per site.

Requests, answers, parameters, attacks and evidence in a report may hold cookies and personal data;
only the path of the first place of each finding is kept. Findings marked as false positives are
counted apart. A site without any alert, not even an informational one, shows no sign that it was
reached: a look that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.scans import WebFinding, WebScan
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.files import begins_with_markup, open_source, path_of
from panshi.observe.reading.json_events import JsonCursor
from panshi.observe.reading.members import listed, text, whole
from panshi.observe.reading.texts import clean, observed, zone_of
from panshi.observe.reading.xml_events import At, XmlDocument, child, children, content
from panshi.observe.tls.endpoint import endpoint_id

KIND = "web.scan/1"
KEPT = 500
_RISKS = ("informational", "low", "medium", "high")
_CONFIDENCES = ("false positive", "low", "medium", "high", "confirmed")
_ACTIVE = 1
"Source of an alert: the active scanner."
_MOST_SITES = 10_000
_REMEDY = "write it with ZAP's report traditional-json or traditional-xml"

type Alert = Mapping[str, object]


@dataclass(slots=True)
class _Site:
    """One site so far."""

    place: str
    host: str = ""
    port: str = ""
    encrypted: bool = False
    false_positives: int = 0
    active: bool = False
    risks: Counter[int] = field(default_factory=Counter)
    findings: dict[tuple[str, int], WebFinding] = field(default_factory=dict)

    @property
    def alerts(self) -> int:
        """How many there were at all."""
        return self.risks.total() + self.false_positives


@dataclass(slots=True)
class _Report:
    """What has been read of the report so far."""

    version: str = ""
    generated: str = ""
    is_report: bool = False
    sites: list[_Site] = field(default_factory=list)


class Zap:
    """Reads reports of ZAP."""

    name = "zap"
    title_zh = "OWASP ZAP 網站弱點掃描"
    title_en = "ZAP web application scan"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".json", ".xml", ".zap.json", ".zap.xml")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per site."""
        report = _read(path_of(look))
        name = str(look.path)
        if not report.is_report:
            raise BadInputError("is not a ZAP report", place=name, remedy=_REMEDY)
        moment = observed(_moment(report.generated, look), look, name)
        merged = _by_endpoint(report.sites)
        if look.subject and len(merged) > 1:
            raise UsageError(
                f"the report speaks of {len(merged)} sites, and {look.subject} can name only one",
                place=name,
                remedy="leave the subject out; each site is named by its host and port",
            )
        if not merged:
            if not look.subject:
                raise UsageError(
                    "the report names no site: nothing was reached",
                    place=name,
                    remedy="name the asset, for example --subject endpoint:www.example.tw:443",
                )
            yield _observation(report, look.subject, moment, None)
        for endpoint, site in merged.items():
            yield _observation(report, look.subject or endpoint, moment, site)


OBSERVER = Zap()


def _observation(
    report: _Report, subject: str, moment: datetime, site: _Site | None
) -> Observation:
    reason = ""
    if site is None:
        reason = "the scan reached no site"
    elif not site.alerts:
        reason = "the report holds no alert of the site, which does not show that it was reached"
    return Observation(
        kind=KIND,
        subject=subject,
        facet="zap",
        observed_at=moment,
        collector=f"ZAP {report.version}".strip(),
        outcome=Outcome.FAILED if reason else Outcome.SEEN,
        reason=reason,
        body=None if site is None or reason else _body(site),
    )


def _body(site: _Site) -> WebScan:
    gravest = sorted(site.findings.items(), key=lambda each: -each[0][1])
    return WebScan(
        tool="ZAP",
        address=f"{site.host}:{site.port}",
        high=site.risks[3],
        medium=site.risks[2],
        low=site.risks[1],
        informational=site.risks[0],
        active=site.active,
        false_positives=site.false_positives,
        encrypted=site.encrypted,
        findings=tuple(finding for _key, finding in gravest)[:KEPT],
    )


def _by_endpoint(sites: list[_Site]) -> dict[str, _Site]:
    """Give the sites by endpoint; one named twice is folded, since the last must not hide it."""
    merged: dict[str, _Site] = {}
    for site in sites:
        if not site.host or not site.port.isdecimal():
            raise BadInputError("a site without host and port", place=site.place, remedy=_REMEDY)
        known = merged.setdefault(endpoint_id(site.host, site.port), site)
        if known is not site:
            known.risks += site.risks
            known.false_positives += site.false_positives
            known.active |= site.active
            known.findings = {**site.findings, **known.findings}
    return merged


def _take(site: _Site, alert: Alert, places: tuple[str, ...], count: int) -> None:
    """Take one alert; what names no risk we know counts as high."""
    risk = whole(alert, "riskcode") if text(alert, "riskcode") in {"0", "1", "2", "3"} else 3
    confidence = whole(alert, "confidence")
    if text(alert, "confidence") == "0":
        site.false_positives += 1
        return
    site.risks[risk] += 1
    site.active |= whole(alert, "sourceid") == _ACTIVE
    rule = text(alert, "alertRef", limit=40) or text(alert, "pluginid", limit=40)
    if len(site.findings) < 4 * KEPT:
        site.findings.setdefault(
            (rule, risk),
            WebFinding(
                rule=rule,
                risk=_RISKS[risk],
                confidence=_CONFIDENCES[confidence] if 0 <= confidence <= 4 else "",  # noqa: PLR2004  as many as there are
                name=text(alert, "name", limit=200) or text(alert, "alert", limit=200),
                cwe=max(whole(alert, "cweid"), 0),
                places=max(count, len(places)),
                first=_path(places[0]) if places else "",
            ),
        )


def _path(uri: str) -> str:
    """Give the path of an address without its query, which may hold what people typed."""
    try:
        return clean(urlsplit(uri).path, 200) or "/"
    except ValueError:
        return ""


def _moment(generated: str, look: Look) -> str:
    """Read ISO 8601, or ZAP's own `Sat, 21 Nov 2026 07:14:06`, which is local time."""
    try:
        told = datetime.strptime(generated, "%a, %d %b %Y %H:%M:%S")  # noqa: DTZ007 -- made aware below
    except ValueError:
        return generated
    return told.replace(tzinfo=zone_of(look)).isoformat()


# -- the two forms ---------------------------------------------------------------------------


def _read(path: Path) -> _Report:
    with open_source(path) as source:
        report = _Report()
        if begins_with_markup(source):
            _xml(XmlDocument(source), report)
        else:
            cursor = JsonCursor(source)
            _json(cursor, report)
            cursor.finish()
        return report


def _json(cursor: JsonCursor, report: _Report) -> None:
    if not cursor.at("object"):
        cursor.refuse("is not a ZAP report", _REMEDY)
    generated = ""
    for key in cursor.members():
        match key:
            case "@version":
                report.version = clean(cursor.value(), 40)
            case "@programName":
                report.is_report = clean(cursor.value(), 40) == "ZAP"
            case "@generated":
                generated = clean(cursor.value(), 60)
            case "created":
                report.generated = clean(cursor.value(), 60)
            case "site" if cursor.at("array"):
                for _ in cursor.elements():
                    _new_site(report, cursor.place)
                    _json_site(cursor, report.sites[-1])
            case "site" if cursor.at("object"):
                _new_site(report, cursor.place)
                _json_site(cursor, report.sites[-1])
            case _:
                pass
    # Before 2.14 a report names no program, but always its version and when it was made.
    report.is_report |= bool(report.version and generated)
    report.generated = report.generated or generated


def _new_site(report: _Report, place: str) -> None:
    if len(report.sites) >= _MOST_SITES:
        raise BadInputError(f"more than {_MOST_SITES:,} sites", place=place)
    report.sites.append(_Site(place))


def _json_site(cursor: JsonCursor, site: _Site) -> None:
    if not cursor.at("object"):
        cursor.refuse("a site that is no object", _REMEDY)
    for key in cursor.members():
        match key:
            case "@host":
                site.host = clean(cursor.value(), 255)
            case "@port":
                site.port = clean(cursor.value(), 5)
            case "@ssl":
                site.encrypted = clean(cursor.value(), 5) == "true"
            case "alerts" if cursor.at("array"):
                for _ in cursor.elements():
                    place = cursor.place
                    alert = cursor.value()
                    if not isinstance(alert, dict):
                        raise BadInputError("an alert that is no object", place=place)
                    found = listed(alert, "instances")
                    places = tuple(text(each, "uri", limit=2000) for each in found)
                    _take(site, alert, places, whole(alert, "count"))
            case _:
                pass


def _xml(document: XmlDocument, report: _Report) -> None:
    for step in document.walk(
        enter={"OWASPZAPReport", "site"}, keep={"alertitem"}, roots={"OWASPZAPReport"}
    ):
        get = step.element.get
        match step.at, step.name:
            case At.ENTER, "OWASPZAPReport":
                report.is_report = True
                report.version = clean(get("version"), 40)
                report.generated = clean(get("created") or get("generated"), 60)
            case At.ENTER, "site":
                _new_site(report, step.place)
                site = report.sites[-1]
                site.host, site.port = clean(get("host"), 255), clean(get("port"), 5)
                site.encrypted = get("ssl") == "true"
            case At.WHOLE, _ if report.sites:
                alert, places = _xml_alert(step.element)
                _take(report.sites[-1], alert, places, whole(alert, "count"))
            case _:
                pass


def _xml_alert(element: etree._Element) -> tuple[Alert, tuple[str, ...]]:
    names = ("pluginid", "alertRef", "alert", "name", "riskcode", "confidence", "count")
    alert = {name: content(child(element, name)) for name in (*names, "cweid", "sourceid")}
    instances = child(element, "instances")
    found = () if instances is None else children(instances, "instance")
    places = tuple(content(child(each, "uri")) for each in found)
    return alert, places
