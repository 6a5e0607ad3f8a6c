"""Bodies about how software is made: provenance, threat models, tests, reviews, what was released.

Each speaks of one system; `release` names the release where the source or whoever delivers says
which. Provenance keeps what was signed word for word, so that it is verified whenever it is judged,
against the keys trusted on that day, and not only once by whoever received it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

PROVENANCE = "build.provenance/1"
ARTIFACTS = "release.artifacts/1"
THREAT_MODEL = "threat.model/1"
TEST_RECORD = "test.record/1"
COVERAGE = "test.coverage/1"
CODE_REVIEW = "code.review/1"
BUILD_TRUST = "record.build_trust/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file that was built or released."""

    name: str
    sha256: str
    "Hexadecimal digits; empty where only other digests are given."


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSignature:
    """One signature as the envelope carries it; whether it holds is judged, not told."""

    key_id: str
    value: str
    "Base64."


@observation_kind(PROVENANCE, "建置來源證明", "Build provenance")
@dataclass(frozen=True, slots=True, kw_only=True)
class BuildProvenance(Body):
    """One in-toto statement in its DSSE envelope, or bare."""

    carrier: str
    "`dsse`, `sigstore` or `statement` (bare, so that nothing can verify it)."
    predicate_type: str
    payload_type: str
    payload: str
    "What was signed, Base64."
    payload_sha256: str
    signatures: tuple[EnvelopeSignature, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    artifact_count: int = 0
    builder: str = ""
    "Id of the builder as the statement claims it."
    build_type: str = ""
    source_uri: str = ""
    source_digest: str = ""
    invocation: str = ""
    materials: int = 0
    "Inputs the build says it used."
    built: str = ""
    "When the build ended, as the statement has it."
    certificate_identity: str = ""
    "Of a sigstore bundle: who the certificate names. Read, not verified."
    certificate_issuer: str = ""
    log_entries: int = 0
    "Of a sigstore bundle: entries of a transparency log it carries. Read, not verified."
    release: str = ""


@observation_kind(ARTIFACTS, "發布成品", "Release artefacts")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseArtifacts(Body):
    """The files of one release by their digests, as a SHA256SUMS file names them."""

    release: str
    artifacts: tuple[Artifact, ...]
    supplier: str = ""


@observation_kind(THREAT_MODEL, "威脅模型", "Threat model")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatModel(Body):
    """One threat model in numbers; its quality needs people."""

    format: str
    "`OTM` or `pytm`."
    spec_version: str
    name: str
    components: int
    trust_zones: int
    data_flows: int
    assets: int
    threats: int
    "Threats at a place of the system; the same threat at two places is two."
    treated: int
    "Of these, with a mitigation in place or accepted or transferred by decision."
    planned: int
    "Of these, with a mitigation that is not in place yet."
    untreated: int
    high_untreated: int = 0
    mitigations: int = 0
    treated_share: float = 0.0
    "Treated by all, 0 to 1; 1 where the model names no threat."
    release: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementTest:
    """What tests say of one requirement, for example `V6.2.1` of ASVS 5.0."""

    id: str
    passed: int
    failed: int
    skipped: int = 0


@observation_kind(TEST_RECORD, "測試紀錄", "Test record")
@dataclass(frozen=True, slots=True, kw_only=True)
class TestRecord(Body):
    """One run of a test suite."""

    __test__ = False
    "Not a test itself, whatever collects tests may think of the name."

    suite: str
    tests: int
    failed: int
    "Failures and errors."
    skipped: int
    seconds: float = 0.0
    passed_share: float = 0.0
    "Passed by run, 0 to 1; skipped ones were not run."
    security_tests: int = 0
    "Tests that name a requirement and ran."
    requirements: tuple[RequirementTest, ...] = ()
    release: str = ""


@observation_kind(COVERAGE, "測試涵蓋率", "Test coverage")
@dataclass(frozen=True, slots=True, kw_only=True)
class TestCoverage(Body):
    """How much of the code the tests ran."""

    __test__ = False
    "Not a test itself."

    format: str
    "`Cobertura` or `JaCoCo`."
    lines: int
    lines_covered: int
    line_share: float
    branches: int = 0
    branches_covered: int = 0
    release: str = ""


@observation_kind(CODE_REVIEW, "程式碼審查", "Code review")
@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReview(Body):
    """What became of the changes merged in a period; no names of people are kept."""

    forge: str
    "`GitHub` or `GitLab`."
    repository: str
    merged: int
    reviewed: int
    "Approved by somebody other than the author, before the merge."
    unreviewed: int
    self_approved: int = 0
    "Of the unreviewed: approved by their own author only."
    late: int = 0
    "Of the unreviewed: approved only after the merge."
    undated: int = 0
    "Of the unreviewed: approved by another, but no one can tell when."
    merged_by_bot: int = 0
    merged_by_author: int = 0
    reviewed_share: float = 0.0
    "Reviewed by merged, 0 to 1."
    first: date | None = None
    last: date | None = None
    "Days of the first and last merge."
    examples: tuple[str, ...] = ()
    "Numbers of the first changes merged without review."
    unreadable: int = 0
    release: str = ""


@observation_kind(BUILD_TRUST, "建置金鑰信任", "Trust in a build key", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTrust(Body):
    """One step in the trust in a key: proposed, approved by another person, revoked."""

    step: str
    "`propose`, `approve` or `revoke`."
    by: str
    key_id: str
    "SHA-256 of the public key (SubjectPublicKeyInfo, DER), hexadecimal."
    name: str = ""
    public_key: str = ""
    "PEM; of a proposal."
    builders: tuple[str, ...] = ()
    "Ids of the builders this key may speak for; of a proposal."
    systems: tuple[str, ...] = ()
    "Assets it may speak for; all where there are none."
    why: str = ""
