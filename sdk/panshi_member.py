#!/usr/bin/env python3
"""A member's way to a Panshi hub, in one file: sign, send, try again, check the receipts.

    python panshi_member.py keygen  --key member.pem
    python panshi_member.py enrol   --key member.pem --hub https://hub.example --code CODE
    python panshi_member.py send    --key member.pem --hub https://hub.example tickets.json
    python panshi_member.py alert   --key member.pem --hub https://hub.example wazuh alert.json

or from another program:

    hub = Hub("https://hub.example", load_key("member.pem"), receipt_key="panshi/…+…+…")
    for receipt in hub.send([{"number": "2026-0001", "title": "…", "reported_at": "…"}]):
        print(receipt["number"], receipt["taking"], receipt.get("problem", ""))

Needs Python 3.9 or newer and the package `cryptography`, nothing else. Requests are signed by HTTP
Message Signatures (RFC 9421, Ed25519) over a content digest (RFC 9530). What does not get through
is sent again with the same idempotency key and a new signature, so that it is never taken twice.
The hub's key for receipts is the one it tells at first, unless you give it: compare it by another
way with what the hub's people say, and keep it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import secrets
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

API = "/api/v1/hub"
TAG = "panshi-hub"
GOOD_FOR = 240
"Seconds a signature is good for; a hub takes at most 300."
TRIES = 10
LONGEST_PAUSE = 60.0
WAIT = 60.0
PASSING = {408, 425, 429, 500, 502, 503, 504}
"Answers after which the same may be sent again."
MOST = 500
"Tickets of one request; a hub says in `quotas.batch` how many it takes."
PURPOSE = b"panshi-receipt/1\n"
ED25519 = 0x01


class HubError(Exception):
    """The hub refused, or could not be reached."""

    def __init__(self, status: int, problem: str, remedy: str = "") -> None:
        """Keep the hub's own words."""
        super().__init__(f"{problem} ({remedy})" if remedy else problem)
        self.status, self.problem, self.remedy = status, problem, remedy


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signature names one address: a redirect is an error."""

    def redirect_request(self, *_args: object) -> None:
        """Follow none."""


# -- keys --------------------------------------------------------------------------------------


def make_key(path: str) -> Ed25519PrivateKey:
    """Make a key file that only its owner reads; it must not exist yet."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
    return private


def load_key(path: str) -> Ed25519PrivateKey:
    """Read a key file."""
    private = load_pem_private_key(Path(path).read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise HubError(0, f"{path} holds no Ed25519 key")
    return private


def public_of(private: Ed25519PrivateKey) -> str:
    """Give the public half, base64."""
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


def thumbprint(private: Ed25519PrivateKey) -> str:
    """Name a key: SHA-256 of its canonical JWK (RFC 7638, RFC 8037), base64url."""
    x = base64.urlsafe_b64encode(private.public_key().public_bytes_raw()).rstrip(b"=").decode()
    jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return base64.urlsafe_b64encode(hashlib.sha256(jwk.encode()).digest()).rstrip(b"=").decode()


# -- what is signed ----------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Write JSON as the hub digests it: keys sorted, no spaces, UTF-8 (no fractions)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(ticket: object) -> str:
    """Give the digest a receipt binds."""
    return hashlib.sha256(canonical(ticket)).hexdigest()


def signed_headers(
    private: Ed25519PrivateKey,
    method: str,
    url: str,
    body: bytes | None = None,
    idempotency_key: str = "",
    content_type: str = "",
) -> dict[str, str]:
    """Give the headers of a request, its signature among them (RFC 9421, section 2.5)."""
    headers: dict[str, str] = {}
    if body is not None:
        headers["content-type"] = content_type or "application/json"
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers["content-digest"] = f"sha-256=:{digest}:"
    if idempotency_key:
        headers["idempotency-key"] = f'"{idempotency_key}"'
    now = int(time.time())
    covered = ["@method", "@target-uri", *headers]
    parameters = (
        "(" + " ".join(f'"{each}"' for each in covered) + ")"
        f';created={now};expires={now + GOOD_FOR};nonce="{secrets.token_urlsafe(18)}"'
        f';keyid="{thumbprint(private)}";alg="ed25519";tag="{TAG}"'
    )
    values = {"@method": method, "@target-uri": url, **headers}
    base = "".join(f'"{each}": {values[each]}\n' for each in covered)
    signature = private.sign((base + f'"@signature-params": {parameters}').encode())
    headers["signature-input"] = f"hub={parameters}"
    headers["signature"] = f"hub=:{base64.b64encode(signature).decode()}:"
    return headers


# -- receipts ----------------------------------------------------------------------------------


def receipt_holds(receipt: dict[str, Any], key: str) -> bool:
    """Whether the hub's key signed exactly this receipt; `key` is its verifier key."""
    name, _, rest = key.partition("+")
    key_id, _, encoded = rest.partition("+")
    typed = base64.b64decode(encoded)
    if receipt.get("key") != f"{name}+{key_id}" or typed[:1] != bytes([ED25519]):
        return False
    said = {field: value for field, value in receipt.items() if field != "signature"}
    try:
        signature = base64.b64decode(receipt["signature"], validate=True)
        public = Ed25519PublicKey.from_public_bytes(typed[1:])
        public.verify(signature, PURPOSE + canonical(said))
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True


# -- the hub -----------------------------------------------------------------------------------


class Hub:
    """One hub, asked in the name of one key."""

    def __init__(
        self,
        address: str,
        private: Ed25519PrivateKey,
        receipt_key: str = "",
        *,
        context: ssl.SSLContext | None = None,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Know the hub's address without path; plain http to this machine only."""
        self.address = address.rstrip("/")
        self.private = private
        self.receipt_key = receipt_key
        self._pause = pause
        host = self.address.partition("://")[2].partition("/")[0].rpartition(":")[0]
        here = host in ("localhost", "127.0.0.1", "[::1]")
        if not self.address.startswith("https://") and not here:
            raise HubError(0, "a hub on another machine needs https")
        https = urllib.request.HTTPSHandler(context=context or ssl.create_default_context())
        self._opener = urllib.request.build_opener(NoRedirect, https)

    def enrol(self, code: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Show the key with the one-time code; a person of the hub lets it in."""
        body = canonical({"code": code, "public": public_of(self.private)})
        return self.ask("POST", f"{API}/enrolment", body)

    def status(self) -> Any:  # noqa: ANN401 -- as above
        """Give what the hub knows of this member."""
        return self.ask("GET", f"{API}/self")

    def send(
        self, tickets: Sequence[dict[str, Any]], idempotency_key: str = ""
    ) -> list[dict[str, Any]]:
        """Send tickets and give their receipts, each checked against what was sent."""
        receipts: list[dict[str, Any]] = []
        for at in range(0, len(tickets), MOST):
            part = tickets[at : at + MOST]
            body = b'{"tickets":[' + b",".join(map(canonical, part)) + b"]}"
            key = f"{idempotency_key}.{at}" if idempotency_key else _key_of(body)
            told = self.ask("POST", f"{API}/tickets", body, key)["receipts"]
            receipts += self._checked(told, [digest_of(each) for each in part])
        return receipts

    def alert(
        self, form: str, body: bytes, content_type: str = "application/json"
    ) -> list[dict[str, Any]]:
        """Send a document of wazuh, elastic, splunk, mail, sheet, iodef, stix or ocsf."""
        path = f"{API}/tickets/from/{form}"
        told = self.ask("POST", path, body, _key_of(body), content_type)["receipts"]
        return self._checked(told, [""] * len(told))

    def tickets(self, before: int = 0) -> Any:  # noqa: ANN401 -- as above
        """Give the member's own tickets, newest first, a page at a time."""
        return self.ask("GET", f"{API}/tickets?before={before}")

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        idempotency_key: str = "",
        content_type: str = "",
    ) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Send a request until it is answered, the same submission with the same key."""
        for attempt in range(TRIES):
            url = self.address + path
            headers = signed_headers(self.private, method, url, body, idempotency_key, content_type)
            request = urllib.request.Request(url, data=body, headers=headers, method=method)
            try:
                with self._opener.open(request, timeout=WAIT) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                refused, after = _refused(error), error.headers.get("retry-after", "")
                if error.code not in PASSING or attempt + 1 == TRIES:
                    raise refused from None
            except (urllib.error.URLError, OSError) as error:
                after = ""
                if attempt + 1 == TRIES:
                    raise HubError(0, f"the hub does not answer: {error}") from None
            wanted = float(after) if after.isdecimal() else 0.5 * 2**attempt
            self._pause(min(LONGEST_PAUSE, wanted) * random.uniform(1.0, 1.25))
        raise HubError(0, "the hub does not answer")

    def _checked(self, receipts: list[dict[str, Any]], digests: list[str]) -> list[dict[str, Any]]:
        """Refuse receipts that the hub's key did not sign, or that speak of something else."""
        if not self.receipt_key:
            self.receipt_key = self.ask("GET", f"{API}/tickets/key")["key"]
        if len(receipts) != len(digests):
            raise HubError(0, "not every ticket has a receipt")
        for receipt, digest in zip(receipts, digests):  # noqa: B905 -- Python 3.9 has no strict
            if not receipt_holds(receipt, self.receipt_key):
                told = receipt.get("number")
                raise HubError(0, f"the receipt of {told} is not signed by the hub")
            taken = receipt["taking"] in ("accepted", "known")
            if taken and digest and receipt["digest"] != digest:
                raise HubError(0, f"the receipt of {receipt['number']} is of another content")
        return receipts


def _key_of(body: bytes) -> str:
    """Name a submission by its content: the same content is the same submission."""
    return hashlib.sha256(body).hexdigest()[:40]


def _refused(error: urllib.error.HTTPError) -> HubError:
    """Give the hub's own words."""
    try:
        told = json.loads(error.read())
        return HubError(error.code, told.get("title", ""), told.get("detail", ""))
    except (ValueError, AttributeError):
        return HubError(error.code, f"the hub answered {error.code}")


# -- command line ------------------------------------------------------------------------------


def tickets_of(path: str) -> list[dict[str, Any]]:
    """Read tickets: one object, an array, {"tickets": […]}, or one a line; `-` is stdin."""
    raw = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    try:
        found = json.loads(raw)
    except ValueError:
        found = [json.loads(line) for line in raw.splitlines() if line.strip()]
    if isinstance(found, dict):
        found = found.get("tickets", [found])
    return list(found)


def main() -> int:
    """Do what the command line says; 0 accepted, 1 something was refused, 4 not sent."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("keygen", "enrol", "status", "send", "alert"):
        one = verbs.add_parser(verb)
        one.add_argument("--key", required=True, help="file of the private key")
        if verb != "keygen":
            one.add_argument("--hub", required=True)
            one.add_argument("--receipt-key", default="", help="verifier key of the hub")
        if verb == "enrol":
            one.add_argument("--code", required=True)
        if verb == "alert":
            one.add_argument("form")
        if verb in ("send", "alert"):
            one.add_argument("file", help="- for standard input")
    args = parser.parse_args()
    try:
        return _run(args)
    except (HubError, OSError, ValueError) as error:
        print(f"panshi_member: {error}", file=sys.stderr)
        return 4


def _run(args: argparse.Namespace) -> int:
    if args.verb == "keygen":
        private = make_key(args.key)
        print(thumbprint(private), public_of(private))
        return 0
    hub = Hub(args.hub, load_key(args.key), args.receipt_key)
    if args.verb in ("enrol", "status"):
        print(json.dumps(hub.enrol(args.code) if args.verb == "enrol" else hub.status(), indent=2))
        return 0
    if args.verb == "send":
        receipts = hub.send(tickets_of(args.file))
    else:
        raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
        receipts = hub.alert(args.form, raw)
    print(json.dumps(receipts, ensure_ascii=False, indent=2))
    return 1 if any(each["taking"] == "refused" for each in receipts) else 0


if __name__ == "__main__":
    sys.exit(main())
