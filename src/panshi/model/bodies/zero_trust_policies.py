"""What people do with sets of zero-trust policies: hand in, approve, refuse, restore, review."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("record.zt_policy/1", "零信任政策步驟", "Zero-trust policy step", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroTrustPolicyStep(Body):
    """One step of one proposal; the bytes of the set rest beside, under their digest."""

    number: str
    "`2026-007`: every proposal has its own."
    step: str
    "`submit`, `approve`, `reject`, `withdraw`, `restore` or `review`."
    policy_version: str
    "SHA-256 of the set the step is about."
    by: str
    written_by: tuple[str, ...] = ()
    "Everybody who edited the draft; none of them may approve it."
    why: str = ""
    base_version: str = ""
    "With `submit` and `restore`: the set in force when it was handed in."
    policy_count: int = 0
    test_count: int = 0
    warning_count: int = 0
    compared: int = 0
    "Recorded requests it was tried on before it was handed in."
    newly_allowed: int = 0
    newly_denied: int = 0
