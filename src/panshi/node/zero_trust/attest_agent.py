"""What runs on a device: enrol its TPM at a decision point, and attest to it, once or again."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import msgspec

from panshi.errors import BadInputError, ForbiddenError, PanshiError
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.observe.tpm import Tpm
from panshi.protection.zero_trust.devices.public import parse_public

type Answer = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One device and the decision point it answers to."""

    device: str
    url: str
    tpm: Tpm
    peer: Peer

    def enrol(self, algorithm: str) -> Answer:
        """State the keys and open the challenge; somebody must still vouch for the device."""
        keys = self.tpm.keys(algorithm)
        stated = {"endorsement": keys.endorsement, "attestation": keys.attestation}
        if keys.certificate:
            stated["certificate"] = keys.certificate
        made = self._post("enrol", {name: _text(raw) for name, raw in stated.items()})
        secret = self.tpm.activate(_raw(made, "credential"))
        proven = self._post("activate", {"secret": _text(secret)})
        return proven | {"endorsement_name": parse_public(keys.endorsement).hex_name}

    def attest(self) -> Answer:
        """Answer one fresh challenge."""
        asked = self._post("challenge", {})
        selection = asked.get("selection")
        if not isinstance(selection, dict):
            raise BadInputError("the challenge selects no registers", place=self.url)
        chosen = "+".join(f"{bank}:{','.join(map(str, each))}" for bank, each in selection.items())
        made = self.tpm.quote(_raw(asked, "nonce"), chosen)
        parts = {"quote": made.quote, "signature": made.signature, "values": made.values}
        return self._post("quote", {name: _text(raw) for name, raw in parts.items()})

    def _post(self, step: str, body: dict[str, str]) -> Answer:
        url = f"{self.url.rstrip('/')}/zt/v1/devices/{quote(self.device, safe='')}/{step}"
        headers = {"Content-Type": "application/json"}
        raw = msgspec.json.encode(body)
        reply = asyncio.run(call("POST", url, self.peer, body=raw, headers=headers))
        try:
            told = msgspec.json.decode(bytes(reply.body))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadInputError("the decision point's answer is not JSON", place=url) from error
        if reply.status not in {HTTPStatus.OK, HTTPStatus.CONFLICT} or not isinstance(told, dict):
            refused = reply.status in {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}
            raise (ForbiddenError if refused else PanshiError)(str(told)[:300], place=url)
        return told


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _raw(answer: Answer, name: str) -> bytes:
    try:
        return b64decode(str(answer.get(name, "")), validate=True)
    except ValueError as error:
        raise BadInputError("the decision point's answer is not base64", place=name) from error
