"""How the software of the demo bank is made, and Panshi itself as one of its systems.

What is sealed takes the forms observers give; provenance is really signed, by keys that come out
of public words. The bill of materials of Panshi is the real one of the environment it runs in.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi import __version__
from panshi.model.asset import AssetId
from panshi.model.bodies.scans import WebScan
from panshi.model.bodies.secure_development import (
    Artifact,
    CodeReview,
    ReleaseArtifacts,
    RequirementTest,
    TestCoverage,
    TestRecord,
    ThreatModel,
)
from panshi.model.bodies.software import SarifRun, SbomDocument
from panshi.model.observation import Body, Observation
from panshi.node.node import Node
from panshi.node.secure_development.catalogue import shipped
from panshi.node.secure_development.judging import seal_pipelines
from panshi.node.secure_development.trust import TrustDesk
from panshi.node.supply_chain.own_bill import What, own_bill
from panshi.observe.bom.writing import Form
from panshi.observe.secure_development.attestation import IN_TOTO, provenance, read_envelope
from panshi.observe.this_machine.machine import Machine
from panshi.protection.secure_development.envelope import pae
from panshi.store import library

BEFORE = timedelta(hours=6)
"How long before a release its records were made."
TESTS = 840
CHANGES = 60


class Key(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A build platform's key."""

    name: str
    words: str
    builder: str
    proposed_by: str
    approved_by: str
    ago: int
    systems: tuple[str, ...] = ()


class Made(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One release and what its pipeline left."""

    name: str
    ago: int
    has: tuple[str, ...]
    reviewed: float
    trouble: str = ""
    asvs: int = 0
    failing: bool = False


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One system."""

    system: str
    key: str
    releases: tuple[Made, ...]


class Plan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    keys: tuple[Key, ...]
    systems: tuple[Line, ...]
    panshi: str


def seed_secure_development(node: Node, estate_id: str, now: datetime) -> None:
    """Seal what pipelines left, trust their keys, judge Panshi too, derive the pipelines."""
    _name, raw = library.demo("secure_development.yaml")
    plan = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Plan)
    keys = {each.words: each for each in plan.keys}
    for key in plan.keys:
        at = now - timedelta(days=key.ago)
        proposing = TrustDesk(node, actor=key.proposed_by, estate_id=estate_id, at=at)
        key_id = proposing.propose(
            _public(_private(key.words)),
            name=key.name,
            builders=(key.builder,),
            systems=key.systems,
            why="示範",
        )
        TrustDesk(node, actor=key.approved_by, estate_id=estate_id, at=at).approve(key_id)
    known = node.estate(estate_id).by_id
    for line in plan.systems:
        if AssetId(line.system) not in known:
            continue
        for made in line.releases:
            at = now - timedelta(days=made.ago)
            node.log.append(_records(line, made, keys[line.key], at), at)
    if AssetId(plan.panshi) in known:
        _ourselves(node, plan.panshi, now)
    seal_pipelines(node, actor="demo", estate_id=estate_id, at=now)


def _records(line: Line, made: Made, key: Key, at: datetime) -> Iterator[Observation]:
    """Give what the pipeline of one release left behind."""
    artifact = Artifact(
        name=f"{line.system.partition(':')[2]}-{made.name}.tar.gz",
        sha256=sha256(f"{line.system} {made.name}".encode()).hexdigest(),
    )
    bodies = _delivered(made, artifact, at) | _scanned(made)
    for name, (kind, body) in bodies.items():
        if name in made.has:
            yield _observation(line.system, made, kind, body, at - BEFORE)
    if "provenance" in made.has:
        yield _observation(
            line.system,
            made,
            "build.provenance/1",
            provenance(read_envelope(_envelope(line, made, artifact, key, at), ""), "", made.name),
            at - BEFORE,
        )


def _delivered(made: Made, artifact: Artifact, at: datetime) -> dict[str, tuple[str, Body]]:
    """Give what names its release."""
    return {
        "tests": ("test.record/1", _tests(made)),
        "coverage": (
            "test.coverage/1",
            TestCoverage(
                format="JaCoCo",
                lines=52_000,
                lines_covered=43_700,
                line_share=0.8404,
                release=made.name,
            ),
        ),
        "review": ("code.review/1", _review(made, at)),
        "artifacts": (
            "release.artifacts/1",
            ReleaseArtifacts(release=made.name, artifacts=(artifact,)),
        ),
        "threats": ("threat.model/1", _threats(made)),
    }


def _scanned(made: Made) -> dict[str, tuple[str, Body]]:
    """Give what scanners said."""
    return {
        "static": (
            "sarif.run/1",
            SarifRun(
                tool="示範掃描器",
                tool_version="1",
                rules=200,
                results=2,
                errors=0,
                warnings=2,
                notes=0,
            ),
        ),
        "dynamic": (
            "web.scan/1",
            WebScan(
                tool="ZAP",
                address="示範網站",
                high=0,
                medium=1,
                low=3,
                informational=4,
                active=True,
            ),
        ),
        "composition": (
            "sbom.document/1",
            SbomDocument(
                format="CycloneDX",
                spec_version="1.6",
                serial="",
                component_count=184,
                versioned_share=1.0,
                identified_share=0.99,
                subject_name="示範",
                subject_version=made.name,
            ),
        ),
    }


def _observation(system: str, made: Made, kind: str, body: Body, at: datetime) -> Observation:
    return Observation(
        kind=kind,
        subject=system,
        facet=f"{made.name} 示範",
        observed_at=at,
        collector="示範管線",
        body=body,
    )


def _tests(made: Made) -> TestRecord:
    levels = shipped().requirements
    named = [each for each, level in levels.items() if level <= made.asvs]
    if "requirements" in made.has:
        named += [each for each, level in levels.items() if level > made.asvs][::4]
    failed = 7 if made.failing else 0
    return TestRecord(
        suite="示範測試",
        tests=TESTS,
        failed=failed,
        skipped=0,
        seconds=412.0,
        passed_share=round((TESTS - failed) / TESTS, 4),
        security_tests=len(named),
        requirements=tuple(RequirementTest(id=each, passed=1, failed=0) for each in named),
        release=made.name,
    )


def _review(made: Made, at: datetime) -> CodeReview:
    reviewed = round(CHANGES * made.reviewed)
    return CodeReview(
        forge="GitLab",
        repository="示範程式庫",
        merged=CHANGES,
        reviewed=reviewed,
        unreviewed=CHANGES - reviewed,
        reviewed_share=round(reviewed / CHANGES, 4),
        first=(at - timedelta(days=30)).date(),
        last=at.date(),
        release=made.name,
    )


def _threats(made: Made) -> ThreatModel:
    return ThreatModel(
        format="OTM",
        spec_version="0.2.0",
        name="示範威脅模型",
        components=14,
        trust_zones=4,
        data_flows=22,
        assets=6,
        threats=31,
        treated=26,
        planned=5,
        untreated=0,
        mitigations=19,
        treated_share=0.8387,
        release=made.name,
    )


def _envelope(
    line: Line, made: Made, artifact: Artifact, key: Key, at: datetime
) -> dict[str, object]:
    """Sign a statement as the platform would, with what is wrong with it."""
    if made.trouble == "replayed":  # the statement of the release before, delivered once more
        before = line.releases[line.releases.index(made) - 1]
        artifact = Artifact(
            name=f"{line.system.partition(':')[2]}-{before.name}.tar.gz",
            sha256=sha256(f"{line.system} {before.name}".encode()).hexdigest(),
        )
        at = at + timedelta(days=made.ago - before.ago)
    payload = _statement(artifact, key.builder, at)
    signer = _private("nobody trusts this" if made.trouble == "untrusted" else key.words)
    signature = signer.sign(pae(IN_TOTO, payload))
    if made.trouble == "altered":
        payload = payload.replace(b'"refs/tags/release"', b'"refs/heads/laptop"')
    signed = {"keyid": _key_id(signer), "sig": b64encode(signature).decode()}
    return {
        "payloadType": IN_TOTO,
        "payload": b64encode(payload).decode(),
        "signatures": [] if made.trouble == "unsigned" else [signed],
    }


def _statement(artifact: Artifact, builder: str, at: datetime) -> bytes:
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": artifact.name, "digest": {"sha256": artifact.sha256}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://ci.demo-bank.example/types/release@v1",
                "externalParameters": {"ref": "refs/tags/release"},
                "resolvedDependencies": [{"uri": "git+https://git.demo-bank.example/示範"}],
            },
            "runDetails": {
                "builder": {"id": builder},
                "metadata": {"finishedOn": (at - BEFORE).isoformat()},
            },
        },
    }
    return json.dumps(statement, sort_keys=True, ensure_ascii=False).encode()


def _ourselves(node: Node, system: str, now: datetime) -> None:
    """Seal the real bill of materials of the environment Panshi runs in."""
    bill = own_bill(Machine(), created=now, what=What.PYTHON, environment=sys.prefix)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "panshi.cdx.json"
        path.write_bytes(bill.written(Form.CYCLONEDX_JSON))
        node.observe("cyclonedx", path, subject=system, actor="demo", looked_at=now)
    made = Made(name=__version__, ago=0, has=(), reviewed=0)
    body = ReleaseArtifacts(release=__version__, artifacts=tuple(_own_files()))
    if body.artifacts:
        node.log.append((_observation(system, made, "release.artifacts/1", body, now),), now)


def _own_files() -> Iterator[Artifact]:
    """Give the list of Panshi's installed files by its digest; it names the digest of each file.

    A release lists its wheel (`docs/how-to/verify-a-release.md`); an installation has none left.
    """
    try:
        record = distribution("panshi").read_text("RECORD")
    except PackageNotFoundError:
        return
    if record:
        yield Artifact(name="RECORD", sha256=sha256(record.encode()).hexdigest())


def _private(words: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(words.encode()).digest())


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _key_id(key: Ed25519PrivateKey) -> str:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return sha256(der).hexdigest()
