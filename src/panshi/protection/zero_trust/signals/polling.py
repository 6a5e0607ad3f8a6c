"""The two messages of polling (RFC 8936 section 2), written and read by either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from panshi.protection.zero_trust.signals.refusal import Refusal, bad_request
from panshi.protection.zero_trust.signals.strict_json import Json

MOST = 100
"Tokens we give or ask for at once."
MOST_ACKNOWLEDGED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a recipient sends: what it took, what it refused, and how it waits for more."""

    most: int = MOST
    at_once: bool = False
    "Answer without waiting for tokens (`returnImmediately`)."
    ack: tuple[str, ...] = ()
    errors: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    "Code and sentence by `jti` (`setErrs`)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a transmitter gives: tokens by their `jti`."""

    sets: Mapping[str, str]
    more: bool = False


def read_ask(body: Mapping[str, Json]) -> Ask:
    """Read a poll request; members that are not understood are left aside."""
    most = body.get("maxEvents", MOST)
    at_once = body.get("returnImmediately", False)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise bad_request("maxEvents is no whole number", "maxEvents 不是整數")
    if not isinstance(at_once, bool):
        raise bad_request(
            "returnImmediately is neither true nor false", "returnImmediately 須為布林值"
        )
    return Ask(
        most=min(most, MOST),
        at_once=at_once,
        ack=_acknowledged(body.get("ack")),
        errors=_errors(body.get("setErrs")),
    )


def write_ask(
    ask: Ask, refusals: Mapping[str, Refusal], *, chinese: bool = False
) -> dict[str, Json]:
    """Write a poll request."""
    body: dict[str, Json] = {"maxEvents": ask.most, "returnImmediately": ask.at_once}
    if ask.ack:
        body["ack"] = list(ask.ack)
    if refusals:
        body["setErrs"] = {
            jti: {"err": each.code.value, "description": each.description(chinese=chinese)}
            for jti, each in refusals.items()
        }
    return body


def read_given(body: Mapping[str, Json]) -> Given:
    """Read a poll response."""
    sets, more = body.get("sets"), body.get("moreAvailable", False)
    if not isinstance(sets, dict) or len(sets) > MOST_ACKNOWLEDGED:
        raise bad_request("sets is no object", "sets 不是物件")
    taken = {jti: each for jti, each in sets.items() if isinstance(each, str)}
    return Given(sets=taken, more=more is True)


def write_given(sets: Sequence[tuple[str, str]], *, more: bool) -> dict[str, Json]:
    """Write a poll response."""
    body: dict[str, Json] = {"sets": dict(sets)}
    if more:
        body["moreAvailable"] = True
    return body


def _acknowledged(found: Json) -> tuple[str, ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or len(found) > MOST_ACKNOWLEDGED:
        raise bad_request("ack is not a list of jti", "ack 不是 jti 清單")
    texts = tuple(each for each in found if isinstance(each, str))
    if len(texts) != len(found):
        raise bad_request("ack is not a list of jti", "ack 不是 jti 清單")
    return texts


def _errors(found: Json) -> Mapping[str, tuple[str, str]]:
    if found is None:
        return {}
    if not isinstance(found, dict) or len(found) > MOST_ACKNOWLEDGED:
        raise bad_request("setErrs is not an object", "setErrs 不是物件")
    errors: dict[str, tuple[str, str]] = {}
    for jti, each in found.items():
        code = each.get("err") if isinstance(each, dict) else None
        said = each.get("description", "") if isinstance(each, dict) else ""
        if not isinstance(code, str):
            raise bad_request("an entry of setErrs has no err", "setErrs 中有項目缺少 err")
        errors[jti] = (code[:100], said[:500] if isinstance(said, str) else "")
    return errors
