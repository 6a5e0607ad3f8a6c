"""What is known of a device that attests: enrolment, challenge, reference values, result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from panshi.protection.zero_trust.devices.quote import Clock, Selection


class Trust(StrEnum):
    """On what an endorsement key is believed to be a TPM's."""

    CERTIFICATE = "certificate"
    "A manufacturer's certificate that leads to a root this institution trusts."
    OPERATOR = "operator"
    "A person decided it, having seen the device."


class Reason(StrEnum):
    """Why a quote is not believed."""

    UNKNOWN_DEVICE = "unknown_device"
    MALFORMED = "malformed"
    NOT_GENERATED = "not_generated_by_a_tpm"
    NOT_A_QUOTE = "not_a_quote"
    WEAK_KEY = "key_not_bound_to_the_tpm"
    WRONG_SIGNATURE = "signature_of_another_key"
    WRONG_SIGNER = "qualified_name_of_another_key"
    NO_CHALLENGE = "no_open_challenge"
    WRONG_NONCE = "nonce_of_another_challenge"
    LATE = "challenge_expired"
    WRONG_SELECTION = "other_registers_than_asked"
    WRONG_DIGEST = "register_values_do_not_match"
    UNEXPECTED_VALUES = "register_values_not_expected"
    ROLLED_BACK = "clock_or_counters_went_back"
    NO_REFERENCE = "no_reference_values"


REASON_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.UNKNOWN_DEVICE: ("設備未登錄或已撤銷", "the device is not enrolled, or was revoked"),
    Reason.MALFORMED: ("位元組不是 TPM 的資料結構", "the bytes are no TPM structure"),
    Reason.NOT_GENERATED: ("內容不是由 TPM 產生", "a TPM did not make what was signed"),
    Reason.NOT_A_QUOTE: ("TPM 簽的不是開機量測證明", "what the TPM signed is not a quote"),
    Reason.WEAK_KEY: ("金鑰未綁定於 TPM", "the key is not bound to a TPM"),
    Reason.WRONG_SIGNATURE: ("簽章不是登錄的金鑰所簽", "another key than the enrolled one signed"),
    Reason.WRONG_SIGNER: (
        "簽章金鑰不在登錄的 TPM 之下",
        "the key that signed does not stand below the enrolled TPM",
    ),
    Reason.NO_CHALLENGE: (
        "沒有待答的挑戰（可能是重送）",
        "no challenge is open (perhaps sent again)",
    ),
    Reason.WRONG_NONCE: ("回答的是另一個挑戰", "it answers another challenge"),
    Reason.LATE: ("挑戰已逾時", "the challenge expired before the answer came"),
    Reason.WRONG_SELECTION: (
        "量測的暫存器與要求不同",
        "other registers were quoted than were asked for",
    ),
    Reason.WRONG_DIGEST: (
        "暫存器的值與簽章內容不符",
        "the register values are not those that were signed",
    ),
    Reason.UNEXPECTED_VALUES: (
        "開機量測值不在核可的參考值內",
        "the measured boot is none of the approved ones",
    ),
    Reason.ROLLED_BACK: (
        "TPM 的時鐘或計數器倒退",
        "the clock or a counter of the TPM went back",
    ),
    Reason.NO_REFERENCE: (
        "沒有參考值，只證明設備身分，未證明開機狀態",
        "there are no reference values: identity is proven, the boot is not",
    ),
}
"Each reason in zh-TW and English."


class Outcome(StrEnum):
    """What a quote proved."""

    ATTESTED = "attested"
    "It is the device, and its boot is a known good one."
    IDENTITY_ONLY = "identity_only"
    "It is the device; nothing says which boot is good."
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledDevice:
    """A device whose TPM is known."""

    id: str
    attestation_public: bytes
    "TPMT_PUBLIC of the attestation key."
    endorsement_public: bytes
    trust: Trust
    approved_by: str
    enrolled_at: float
    asset: str = ""
    "Asset id in the estate."
    fleet: str = ""
    "Reference values of this fleet hold for it unless it has its own."
    certificate_sha256: str = ""
    "Digest of its client certificate, by which a session is bound to it."
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a device is asked, once."""

    device: str
    nonce: bytes
    selection: Selection
    issued_at: float
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Register values that are good: bank → register → digests in hex, any of which is."""

    values: Mapping[str, Mapping[int, frozenset[str]]] = field(default_factory=dict)
    source: str = ""
    "Who approved them, or the boot they were taken from."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason with what it was about."""

    reason: Reason
    detail: str = ""

    def words(self, *, chinese: bool) -> str:
        """Say it in a sentence."""
        said = REASON_WORDS[self.reason][0 if chinese else 1]
        if not self.detail:
            return said
        return f"{said}（{self.detail}）" if chinese else f"{said} ({self.detail})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationResult:
    """What came of one answer of one device, to be sealed."""

    device: str
    outcome: Outcome
    at: float
    findings: tuple[Finding, ...] = ()
    values: tuple[tuple[str, int, str], ...] = ()
    "Bank, register and value, as proven; empty where nothing was."
    clock: Clock | None = None
    firmware: int = 0
    quote_sha256: str = ""
    asset: str = ""

    @property
    def attested(self) -> bool:
        """Whether the device and its boot are both proven."""
        return self.outcome is Outcome.ATTESTED
