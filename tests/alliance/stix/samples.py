"""STIX 2.1 objects of every type, made up; and ways to break them."""

import copy
import random
from uuid import UUID, uuid5

NOW = "2026-01-01T00:00:00.000Z"
LATER = "2027-01-01T00:00:00.000Z"
TLP_1_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
SPACE = UUID("00000000-0000-5000-8000-000000000000")


def ref(kind, name="x"):
    made = uuid5(SPACE, f"{kind}/{name}")
    return f"{kind}--{UUID(bytes=made.bytes, version=4)}"


def observable(kind, **parts):
    return {"type": kind, "spec_version": "2.1", "id": ref(kind), **parts}


def domain(kind, **parts):
    made = {"type": kind, "spec_version": "2.1", "id": ref(kind), "created": NOW, "modified": NOW}
    return {**made, **parts}


OBSERVABLES = (
    observable("ipv4-addr", value="198.51.100.7"),
    observable("ipv6-addr", value="2001:db8::1"),
    observable("domain-name", value="a.example"),
    observable("url", value="https://a.example/"),
    observable("email-addr", value="a@b.example"),
    observable("mac-addr", value="d2:fb:49:24:37:18"),
    observable("mutex", name="m"),
    observable("autonomous-system", number=64496),
    observable("directory", path="C:\\x", path_enc="UTF-8"),
    observable(
        "file", name="x", hashes={"MD5": "a" * 32}, extensions={"pdf-ext": {"version": "1"}}
    ),
    observable("artifact", mime_type="image/jpeg", payload_bin="VBORw0KGgoAAAA=="),
    observable(
        "network-traffic",
        src_ref=ref("ipv4-addr"),
        protocols=["tcp"],
        src_port=5,
        start=NOW,
        end=NOW,
    ),
    observable("email-message", is_multipart=False, body="x", from_ref=ref("email-addr"), date=NOW),
    observable("process", pid=3, extensions={"windows-process-ext": {"aslr_enabled": True}}),
    observable("user-account", user_id="1", account_created=NOW),
    observable("x509-certificate", serial_number="1", validity_not_before=NOW),
    observable(
        "windows-registry-key",
        key="HKEY_LOCAL_MACHINE\\x",
        values=[{"name": "a", "data": "b", "data_type": "REG_SZ"}],
    ),
    observable("software", name="x", languages=["eng"], cpe="cpe:2.3:a:x:y:1:*:*:*:*:*:*:*"),
    observable("x-custom-thing", some_prop="a"),
)
DOMAIN = (
    domain(
        "indicator",
        pattern="[ipv4-addr:value = '198.51.100.7' AND file:hashes.MD5 = '" + "a" * 32 + "']",
        pattern_type="stix",
        valid_from=NOW,
        valid_until=LATER,
        kill_chain_phases=[{"kill_chain_name": "x", "phase_name": "y"}],
        confidence=50,
        lang="en",
        labels=["a"],
        external_references=[{"source_name": "cve", "external_id": "CVE-2016-1234"}],
        granular_markings=[{"selectors": ["pattern", "labels.[0]"], "marking_ref": TLP_1_GREEN}],
        object_marking_refs=[TLP_1_GREEN],
    ),
    domain(
        "relationship",
        relationship_type="uses",
        source_ref=ref("malware"),
        target_ref=ref("tool"),
        start_time=NOW,
        stop_time=LATER,
    ),
    domain("sighting", sighting_of_ref=ref("indicator"), count=3, first_seen=NOW, last_seen=NOW),
    domain("location", latitude=1.0, longitude=2.0, precision=3.0),
    domain("malware", is_family=False, name="x", malware_types=["x"], first_seen=NOW),
    domain("malware-analysis", product="x", result="malicious", submitted=NOW),
    domain("report", name="x", published=NOW, object_refs=[ref("malware")]),
    domain("note", content="x", object_refs=[ref("malware")]),
    domain("opinion", opinion="agree", object_refs=[ref("malware")]),
    domain("grouping", context="x", object_refs=[ref("malware")]),
    domain("identity", name="x", identity_class="individual"),
    domain("incident", name="x"),
    domain("infrastructure", name="x", first_seen=NOW, last_seen=LATER),
    domain("threat-actor", name="x", threat_actor_types=["x"], last_seen=NOW),
    domain("tool", name="x"),
    domain("vulnerability", name="x"),
    domain("campaign", name="x"),
    domain("intrusion-set", name="x"),
    domain("course-of-action", name="x"),
    domain("attack-pattern", name="x"),
    domain("x-custom-sdo", some_prop=1),
    domain("language-content", object_ref=ref("malware"), contents={"de": {"name": "x"}}),
    domain(
        "observed-data",
        first_observed=NOW,
        last_observed=NOW,
        number_observed=1,
        object_refs=[ref("file")],
    ),
    domain(
        "observed-data",
        first_observed=NOW,
        last_observed=NOW,
        number_observed=1,
        objects={
            "0": observable("ipv4-addr", value="198.51.100.7"),
            "1": observable("network-traffic", src_ref="0", protocols=["tcp"]),
            "2": observable("file", name="a", parent_directory_ref="3"),
            "3": observable("directory", path="x"),
        },
    ),
    domain(
        "extension-definition",
        name="x",
        schema="https://x.example",
        version="1.0",
        extension_types=["property-extension"],
        created_by_ref=ref("identity"),
    ),
)
MARKINGS = (
    {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": ref("marking-definition"),
        "created": NOW,
        "definition_type": "statement",
        "definition": {"statement": "x"},
    },
    {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_1_GREEN,
        "created": "2017-01-20T00:00:00.000Z",
        "name": "TLP:GREEN",
        "definition_type": "tlp",
        "definition": {"tlp": "green"},
    },
)
RIGHT = (*OBSERVABLES, *DOMAIN, *MARKINGS)

VALUES = (
    *(None, "", "x", "X y", 5, -1, 0, 1.5, True, False, [], ["x"], [5], {}, {"a": "b"}, {"abc": 1}),
    *(NOW, LATER, "2026-02-30T00:00:00Z", "2026-01-01T00:00:60Z", "2026-1-1"),
    *("2020-01-01T00:00:00.000Z", ref("malware"), ref("identity"), "malware--x", "[x]"),
    *("[file:name='x']", "foo", "en", "zh-TW", "http://x y", "a" * 33, 10**12, TLP_1_GREEN),
    *("CVE-1", "cve", "text/plain", "utf-8"),
)
NAMES = (
    *("x", "xy", "foo_bar", "Foo", "a-b", "severity", "revoked", "lang", "confidence"),
    *("first_seen", "last_seen", "extensions", "defanged", "x_bin", "y_hex", "labels", "created"),
    *("object_marking_refs", "granular_markings", "modified", "end", "is_active", "aliases"),
    *("hashes", "type", "stop_time", "valid_until"),
)


def broken(chance: random.Random, many: int):
    """Objects of which one or two parts were dropped, replaced or added."""
    for _ in range(many):
        made = copy.deepcopy(chance.choice(RIGHT))
        for _ in range(chance.choice((1, 1, 1, 2))):
            _break(chance, made)
        yield made


def _break(chance, made):
    place = chance.choice(list(_places(made)))
    value = copy.deepcopy(chance.choice(VALUES))
    if not place:
        made[chance.choice(NAMES)] = value
        return
    inner = made
    for step in place[:-1]:
        inner = inner[step]
    act = chance.random()
    if act < 0.3:
        del inner[place[-1]]
    elif act > 0.8 and isinstance(inner[place[-1]], dict):
        inner[place[-1]][chance.choice(NAMES)] = value
    else:
        inner[place[-1]] = value


def _places(value, at=()):
    yield at
    pairs = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        pairs = enumerate(value)
    for step, inner in pairs:
        yield from _places(inner, (*at, step))
