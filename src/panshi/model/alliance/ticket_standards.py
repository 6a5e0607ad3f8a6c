"""Words of other standards for the same things, each way: OCSF 1.8, STIX 2.1, IODEF v2.

Criticality: appendix A of the STIX incident core extension 2.0 (low, moderate, high, extreme).
Marking definitions: FIRST TLP 2.0 as published by OASIS. IODEF: RFC 7970, sections 3 and 5.
"""

from __future__ import annotations

from panshi.model.alliance.marking import Tlp
from panshi.model.alliance.ticket import Category, Severity, Status

OCSF_VERSION = "1.8.0"
OCSF_SEVERITY = {
    Severity.UNKNOWN: 0,
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}
OCSF_STATUS = {Status.RECEIVED: 1, Status.TRIAGED: 2, Status.IN_HAND: 2, Status.CLOSED: 5}
"Of the class Incident Finding: new, in progress, closed."
OCSF_OBSERVABLE = {
    "ipv4": 2,
    "ipv6": 2,
    "ipv4-cidr": 12,
    "domain": 1,
    "url": 6,
    "email": 5,
    "md5": 8,
    "sha1": 8,
    "sha256": 8,
    "sha512": 8,
    "file": 7,
}
"Type of observable; 99 (other) for the rest."

STIX_CRITICALITY = {
    Severity.INFORMATIONAL: 0,
    Severity.LOW: 15,
    Severity.MEDIUM: 40,
    Severity.HIGH: 70,
    Severity.CRITICAL: 95,
}
STIX_STATUS = {
    Status.RECEIVED: "new",
    Status.TRIAGED: "open",
    Status.IN_HAND: "open",
    Status.CLOSED: "closed",
}
STIX_TYPES = {
    Category.MALICIOUS_CODE: "compromised-system",
    Category.INTRUSIONS: "unauthorized-access",
    Category.AVAILABILITY: "denial-of-service",
    Category.INFORMATION_SECURITY: "unauthorized-release",
    Category.FRAUD: "unauthorized-use",
}
"Of the open vocabulary of incident types; our own word for the rest."
STIX_TLP = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
STIX_TLP_1 = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
"TLP 1.0, which STIX 2.1 itself defines; read, never written."
INCIDENT_CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
IMPACT_EXTENSION = "extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9"

IODEF_NAMESPACE = "urn:ietf:params:xml:ns:iodef-2.0"
IODEF_SEVERITY = {
    Severity.LOW: "low",
    Severity.MEDIUM: "medium",
    Severity.HIGH: "high",
    Severity.CRITICAL: "high",
}
IODEF_STATUS = {
    Status.RECEIVED: "new",
    Status.TRIAGED: "in-progress",
    Status.IN_HAND: "in-progress",
    Status.CLOSED: "resolved",
}
IODEF_ADDRESS = {
    "ipv4": "ipv4-addr",
    "ipv6": "ipv6-addr",
    "ipv4-cidr": "ipv4-net",
    "email": "e-mail",
    "url": "site-uri",
    "asn": "asn",
}
"Category of an Address; the rest has elements of its own or is additional data."
IODEF_RESTRICTION = {
    Tlp.CLEAR: "white",
    Tlp.GREEN: "green",
    Tlp.AMBER: "amber",
    Tlp.AMBER_STRICT: "need-to-know",
    Tlp.RED: "red",
}
