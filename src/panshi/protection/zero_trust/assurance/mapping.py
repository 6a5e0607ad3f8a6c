"""What a sign-in counts for: acr, amr and verified facts to a level of ISO/IEC 29115.

    reached(SignIn(issuer=…, amr=("pwd", "otp")), mapping).level

A provider's words (`acr`, OpenID Connect Core 2) count only where they were agreed on; methods
(`amr`, RFC 8176) go through rules from the strongest to the weakest; facts are what the gateway
itself verified. Nobody counts for more than the proofing of their identity (29115, clause 8), and
what nothing knows is level 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LOWEST, HIGHEST = 1, 4


class Population(StrEnum):
    """Whom a provider signs in."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    BOTH = "both"


class AuthenticatorFact(StrEnum):
    """What the gateway verified itself."""

    PASSKEY = "passkey"
    USER_VERIFIED = "user_verified"
    "By PIN or biometric, at the authenticator."
    HARDWARE_BOUND = "hardware_bound"
    "Its key cannot be copied or synchronised."
    ATTESTED = "attested"
    "A trusted manufacturer vouched for the model."
    WORKLOAD = "workload"
    "A machine, by its certificate in mutual TLS."


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One sentence in both languages."""

    zh: str
    en: str

    def pick(self, *, chinese: bool) -> str:
        """Choose a language."""
        return self.zh if chinese else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a way of signing in counts for."""

    id: str
    level: int
    phishing_resistant: bool
    why: Text
    cites: str
    all_of: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    facts: frozenset[AuthenticatorFact] = frozenset()

    def fits(self, sign_in: SignIn) -> bool:
        """Whether the sign-in is of this way."""
        methods = frozenset(sign_in.amr)
        return (
            self.all_of <= methods
            and (not self.any_of or not self.any_of.isdisjoint(methods))
            and self.facts <= sign_in.facts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AcrRule:
    """What a provider's own word counts for, by agreement with it."""

    value: str
    level: int
    phishing_resistant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One identity source under the standard."""

    id: str
    issuer: str
    title: Text
    population: Population
    proofing: int
    "Level at which it knows who its users are."
    why: Text
    acr: tuple[AcrRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceMapping:
    """The whole mapping."""

    version: str
    rules: tuple[Rule, ...]
    providers: tuple[Provider, ...]
    unknown: Text
    unknown_provider: Text
    unknown_proofing: int = LOWEST

    def provider(self, issuer: str) -> Provider | None:
        """Give the provider of an issuer, exactly as written."""
        return next((each for each in self.providers if each.issuer == issuer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What is known of one sign-in."""

    issuer: str
    acr: str = ""
    amr: tuple[str, ...] = ()
    facts: frozenset[AuthenticatorFact] = frozenset()
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """The level reached, and why."""

    level: int
    phishing_resistant: bool
    authentication: int
    "Level of the way of signing in alone."
    proofing: int
    "Level at which the person is known, which caps it."
    provider: str
    "Id of the provider in the mapping; empty: none is agreed."
    because: tuple[Text, ...]


def reached(sign_in: SignIn, mapping: AssuranceMapping) -> Assurance:
    """Give the level of a sign-in: the lower of how it was done and how surely one is known."""
    provider = mapping.provider(sign_in.issuer)
    proofing = provider.proofing if provider is not None else mapping.unknown_proofing
    known = provider.why if provider is not None else mapping.unknown_provider
    authentication, resistant, how = _authentication(sign_in, provider, mapping)
    return Assurance(
        level=min(authentication, proofing),
        phishing_resistant=resistant and provider is not None,
        authentication=authentication,
        proofing=proofing,
        provider=provider.id if provider is not None else "",
        because=(how, known),
    )


def _authentication(
    sign_in: SignIn, provider: Provider | None, mapping: AssuranceMapping
) -> tuple[int, bool, Text]:
    """Give the strongest of what was agreed on by word and what the methods say."""
    rule = next((each for each in mapping.rules if each.fits(sign_in)), None)
    level, resistant, why = LOWEST, False, mapping.unknown
    if rule is not None:
        level, resistant, why = rule.level, rule.phishing_resistant, rule.why
    agreed = next((e for e in (provider.acr if provider else ()) if e.value == sign_in.acr), None)
    if agreed is not None and agreed.level > level:
        why = Text(
            zh=f"依約定，該身分提供者之「{agreed.value}」為第 {agreed.level} 級。",
            en=f"By agreement, {agreed.value!r} of this provider is level {agreed.level}.",
        )
        level, resistant = agreed.level, agreed.phishing_resistant
    return level, resistant, why
