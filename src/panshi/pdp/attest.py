"""Devices attest here: enrolment with a challenge, then quotes over fresh nonces.

    POST /zt/v1/devices/{id}/enrol      {"endorsement", "attestation", "certificate"?} → credential
    POST /zt/v1/devices/{id}/activate   {"secret"}                                     → proven
    POST /zt/v1/devices/{id}/challenge                              → nonce, selection, expires_at
    POST /zt/v1/devices/{id}/quote      {"quote", "signature", "values"}    → outcome and reasons

Binary parts are base64. A challenge is good once, whatever the answer. A good quote is a favourable
signal about the device; a bad answer to an open challenge an unfavourable one, which narrows or
ends its sessions at once. What answers no open challenge is refused and says nothing of the device,
so that replays can neither help nor harm.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote
from weakref import WeakKeyDictionary

import msgspec

from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.node.zero_trust.devices import (
    EnrolRequest,
    ask,
    attest,
    attestation_signal,
    challenge_for,
    prove,
    row_named,
)
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, json_answer
from panshi.pdp.live.registry import Live
from panshi.pdp.point import DecisionPoint
from panshi.protection.zero_trust.devices.facts import AttestationResult, Challenge
from panshi.protection.zero_trust.devices.verification import QuoteAnswer

SCOPE = "zt.devices"
PREFIX = "/zt/v1/devices/"
MOST_OPEN = 100_000
_SECRET, _SEED, _NONCE = 32, 32, 32


class EnrolBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device states its keys."""

    endorsement: bytes
    attestation: bytes
    certificate: bytes = b""


class ActivateBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device opened its challenge."""

    secret: bytes


class QuoteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device answers."""

    quote: bytes
    signature: bytes
    values: bytes


@dataclass(slots=True)
class Attesting:
    """What one decision point has asked and not yet been answered."""

    home: Path
    challenges: dict[str, Challenge] = field(default_factory=dict)
    secrets: dict[str, tuple[bytes, tuple[str, str]]] = field(default_factory=dict)


_INSTALLED: WeakKeyDictionary[DecisionPoint, Attesting] = WeakKeyDictionary()


def install(point: DecisionPoint, attesting: Attesting) -> None:
    """Let a decision point take attestations."""
    _INSTALLED[point] = attesting


def _of(point: DecisionPoint) -> Attesting:
    found = _INSTALLED.get(point)
    if found is None:
        raise MissingError("this decision point keeps no devices", remedy="serve it with a home")
    return found


async def handle(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take one step of one device."""
    attesting = _of(point)
    name, _, step = request.path.removeprefix(PREFIX).rpartition("/")
    device = unquote(name)
    if request.caller not in {"", device}:
        raise ForbiddenError(f"{request.caller} does not speak for {device[:60]}")
    match step:
        case "enrol":
            return _enrol(point, attesting, device, request.body)
        case "activate":
            return _activate(point, attesting, device, request.body)
        case "challenge":
            return _challenge(point, attesting, device)
        case "quote":
            return await _quote(point, attesting, device, request.body)
        case _:
            raise MissingError(f"no step {step[:40]!r}")


def _enrol(point: DecisionPoint, attesting: Attesting, device: str, raw: bytes) -> HttpAnswer:
    body = _read(raw, EnrolBody)
    secret = secrets.token_bytes(_SECRET)
    asked = EnrolRequest(
        device=device,
        endorsement=body.endorsement,
        attestation=body.attestation,
        certificate=body.certificate,
    )
    seed = secrets.token_bytes(_SEED)
    credential = ask(attesting.home, asked, secret=secret, seed=seed, now=point.clock())
    keys = body.endorsement.hex(), body.attestation.hex()
    _bounded(attesting.secrets)
    attesting.secrets[device] = secret, keys
    return json_answer({"credential": b64encode(credential.file).decode()})


def _activate(point: DecisionPoint, attesting: Attesting, device: str, raw: bytes) -> HttpAnswer:
    body = _read(raw, ActivateBody)
    secret, keys = attesting.secrets.pop(device, (b"", ("", "")))
    if not secret or not hmac.compare_digest(secret, body.secret):
        raise ForbiddenError("the challenge was not opened", place=device)
    prove(attesting.home, device, keys=keys, now=point.clock())
    return json_answer({"device": device, "proven": True})


def _challenge(point: DecisionPoint, attesting: Attesting, device: str) -> HttpAnswer:
    row_named(attesting.home, device)
    made = challenge_for(device, secrets.token_bytes(_NONCE), point.clock())
    _bounded(attesting.challenges)
    attesting.challenges[device] = made
    selection = {bank: sorted(registers) for bank, registers in made.selection.items()}
    told = {
        "nonce": b64encode(made.nonce).decode(),
        "selection": selection,
        "expires_at": made.expires_at,
    }
    return json_answer(told)


async def _quote(point: DecisionPoint, attesting: Attesting, device: str, raw: bytes) -> HttpAnswer:
    body = _read(raw, QuoteBody)
    challenge = attesting.challenges.pop(device, None)
    answer = QuoteAnswer(quote=body.quote, signature=body.signature, values=body.values)
    result = attest(attesting.home, device, challenge, answer, now=point.clock())
    orders = 0
    if challenge is not None:
        point.tell(result)
        orders = await _signalled(point, result)
    told = {
        "device": device,
        "outcome": result.outcome.value,
        "reasons": [
            {
                "reason": each.reason.value,
                "zh": each.words(chinese=True),
                "en": each.words(chinese=False),
            }
            for each in result.findings
        ],
        "values": [list(each) for each in result.values],
        "orders": orders,
    }
    status = HTTPStatus.OK if challenge is not None else HTTPStatus.CONFLICT
    return json_answer(told, status)


async def _signalled(point: DecisionPoint, result: AttestationResult) -> int:
    signal = attestation_signal(result)
    if signal is None or not isinstance(point.live, Live):
        return 0
    orders = point.live.signal(signal)
    await point.live.journal.durable()
    return len(orders)


def _bounded[Held](held: dict[str, Held]) -> None:
    """Forget the oldest where too many are open."""
    if len(held) >= MOST_OPEN:
        del held[next(iter(held))]


def _read[Body](raw: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError(str(error), place="body") from error


ROUTES = (PdpRoute(method="POST", path=PREFIX, handler=handle, scope=SCOPE),)
