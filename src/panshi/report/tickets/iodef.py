"""A ticket as an IODEF v2 document (RFC 7970). The contact's address never travels."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from lxml import etree

from panshi.model.alliance.ticket import Observable, Ticket
from panshi.model.alliance.ticket_standards import (
    IODEF_ADDRESS,
    IODEF_NAMESPACE,
    IODEF_RESTRICTION,
    IODEF_SEVERITY,
    IODEF_STATUS,
)

SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES: Any = {None: IODEF_NAMESPACE, "ds": SIGNATURE}
"lxml takes None for the namespace without prefix; its stubs do not."
_ALGORITHMS = {
    "md5": "http://www.w3.org/2001/04/xmldsig-more#md5",
    "sha1": f"{SIGNATURE}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}


def ticket_iodef(ticket: Ticket, *, source: str = "panshi") -> bytes:
    """Write the document; `source` names the issuer of incident numbers, never the member."""
    document = etree.Element(
        _name("IODEF-Document"),
        {"version": "2.00", XML_LANGUAGE: "zh-TW"},
        nsmap=_SPACES,
    )
    incident = _put(
        document,
        "Incident",
        purpose="reporting",
        status=IODEF_STATUS[ticket.status],
        restriction=IODEF_RESTRICTION[ticket.marking.tlp],
    )
    _put(incident, "IncidentID", ticket.number, name=source)
    for each in ticket.related:
        _put(_put(incident, "RelatedActivity"), "IncidentID", each, name=source)
    _times(incident, ticket)
    _put(incident, "Description", "\n".join(filter(None, (ticket.title, ticket.text))))
    if ticket.detected_by:
        _put(_put(incident, "Discovery"), "Description", ticket.detected_by)
    _assessment(incident, ticket)
    if ticket.techniques or ticket.cves:
        method = _put(incident, "Method")
        for each in (*ticket.techniques, *ticket.cves):
            _put(_put(method, "Reference"), "Description", each)
    contact = _put(incident, "Contact", role="creator", type="organization")
    _put(contact, "ContactName", source)
    for each in ticket.assets:
        flow = _put(_put(incident, "EventData"), "Flow")
        node = _put(_put(flow, "System", category="target"), "Node")
        domain = _put(
            node, "DomainData", **{"system-status": "unknown", "domain-status": "unknown"}
        )
        _put(domain, "Name", each)
    _indicators(incident, ticket, source)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _times(incident: etree._Element, ticket: Ticket) -> None:
    """Write the times in the order the schema asks for."""
    for called, moment in (
        ("DetectTime", ticket.detected_at),
        ("StartTime", ticket.occurred_at),
        ("EndTime", ticket.closed_at),
        ("RecoveryTime", ticket.contained_at),
        ("ReportTime", ticket.reported_at),
        ("GenerationTime", ticket.reported_at),
    ):
        if moment is not None:
            _put(incident, called, _stamp(moment))


def _assessment(incident: etree._Element, ticket: Ticket) -> None:
    assessment = _put(incident, "Assessment")
    _put(assessment, "IncidentCategory", str(ticket.category))
    grade = IODEF_SEVERITY.get(ticket.severity)
    _put(assessment, "SystemImpact", type="unknown", **({"severity": grade} if grade else {}))
    if ticket.impact.downtime_minutes is not None:
        minutes = str(ticket.impact.downtime_minutes)
        _put(assessment, "TimeImpact", minutes, metric="elapsed", duration="minute")
    if ticket.impact.loss_twd is not None:
        _put(assessment, "MonetaryImpact", str(ticket.impact.loss_twd), currency="TWD")


def _indicators(incident: etree._Element, ticket: Ticket, source: str) -> None:
    data = _put(incident, "IndicatorData") if ticket.indicators else None
    for number, each in enumerate(ticket.indicators, start=1):
        indicator = _put(data, "Indicator") if data is not None else incident
        _put(indicator, "IndicatorID", f"{ticket.number}-{number}", name=source, version="1")
        _observed(_put(indicator, "Observable"), each)


def _observed(observable: etree._Element, one: Observable) -> None:
    if one.kind in IODEF_ADDRESS:
        _put(observable, "Address", one.value, category=IODEF_ADDRESS[one.kind])
    elif one.kind == "domain":
        state = {"system-status": "unknown", "domain-status": "unknown"}
        _put(_put(observable, "DomainData", **state), "Name", one.value)
    elif one.kind in _ALGORITHMS:
        file = _put(_put(observable, "FileData"), "File")
        digest = _put(_put(file, "HashData", scope="file-contents"), "Hash")
        etree.SubElement(digest, f"{{{SIGNATURE}}}DigestMethod", Algorithm=_ALGORITHMS[one.kind])
        value = etree.SubElement(digest, f"{{{SIGNATURE}}}DigestValue")
        value.text = base64.b64encode(bytes.fromhex(one.value)).decode()
    elif one.kind == "file":
        _put(_put(_put(observable, "FileData"), "File"), "FileName", one.value)
    else:
        _put(observable, "AdditionalData", one.value, dtype="string", meaning=one.kind)


def _put(parent: etree._Element, called: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, _name(called), attributes)
    if text:
        element.text = text
    return element


def _name(called: str) -> str:
    return f"{{{IODEF_NAMESPACE}}}{called}"


def _stamp(moment: datetime) -> str:
    return moment.isoformat()
