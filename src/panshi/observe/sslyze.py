"""sslyze JSON (`sslyze --json_out`, versions 5 and 6): one `tls.endpoint/1` per server.

The protocol versions decide: where the scan was not asked for all of them, or one attempt ended
in an error, the lowest version offered is not known and the look has failed. Servers sslyze could
not connect to are unreachable. The file states version and time after its results, so it is read
twice and never held in memory.

`certificate_trusted` is sslyze's own verdict, which from version 6 on includes the host name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from panshi.errors import BadInputError, UsageError
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.json_events import Json, JsonCursor, open_json
from panshi.observe.reading.texts import clean, observed
from panshi.observe.tls.endpoint import KIND, Certificate, Offer, endpoint_body, endpoint_id
from panshi.observe.tls.names import Version, group_named, is_hybrid, weakness_named

_COMMANDS = {
    Version.SSL2: "ssl_2_0_cipher_suites",
    Version.SSL3: "ssl_3_0_cipher_suites",
    Version.TLS10: "tls_1_0_cipher_suites",
    Version.TLS11: "tls_1_1_cipher_suites",
    Version.TLS12: "tls_1_2_cipher_suites",
    Version.TLS13: "tls_1_3_cipher_suites",
}
# scan command → member of its result → value that confirms the weakness
_WEAKNESSES = {
    "heartbleed": ("is_vulnerable_to_heartbleed", True),
    "openssl_ccs_injection": ("is_vulnerable_to_ccs_injection", True),
    "tls_compression": ("supports_compression", True),
    "session_renegotiation": ("supports_secure_renegotiation", False),
}
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the file says of the scan as a whole."""

    collector: str
    moment: datetime


class Sslyze:
    """Reads what sslyze wrote with --json_out."""

    name = "sslyze"
    title_zh = "sslyze TLS 掃描結果"
    title_en = "sslyze TLS scan"
    needs_path = True
    kinds = (KIND,)
    suffixes = (".json",)

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield every server of the file."""
        if look.path is None:
            raise UsageError("sslyze reads a file", remedy="name the file of --json_out")
        with open_json(look.path) as cursor:
            head = _head(cursor, look)
        with open_json(look.path) as cursor:
            for member in cursor.members():
                if member == "server_scan_results":
                    for _ in cursor.elements():
                        yield _server(cursor.place, _object(cursor.value(), cursor), head, look)
            cursor.finish()


def _head(cursor: JsonCursor, look: Look) -> _Head:
    told: dict[str, Json] = {}
    has_results = False
    for member in cursor.members():
        if member in {"sslyze_version", "date_scans_completed", "date_scans_started"}:
            told[member] = cursor.value()
        elif member == "server_scan_results":
            has_results = True
        elif member == "invalid_server_strings":
            for _ in cursor.elements():
                look.warn(f"{cursor.place}: a target sslyze could not make sense of")
    if not has_results:
        cursor.refuse(
            "has no server_scan_results",
            "name a file written by sslyze 5 or 6 with --json_out",
        )
    cursor.finish()
    stated = told.get("date_scans_completed") or told.get("date_scans_started")
    return _Head(
        collector=f"sslyze {clean(told.get('sslyze_version'), 20)}".strip(),
        moment=observed(stated, look, str(look.path)),
    )


def _server(place: str, result: Mapping[str, Json], head: _Head, look: Look) -> Observation:
    location = _mapping(result.get("server_location"))
    host, port = clean(location.get("hostname"), 255), location.get("port")
    if not host or not isinstance(port, int) or not 0 < port <= _HIGHEST_PORT:
        raise BadInputError("a server without host name and port", place=place)
    subject = look.subject or endpoint_id(host, port)
    seen = _offer(result)
    if isinstance(seen, Offer):
        address = endpoint_id(host, port).removeprefix("endpoint:")
        return Observation(
            kind=KIND,
            subject=subject,
            observed_at=head.moment,
            collector=head.collector,
            body=endpoint_body(address, seen),
        )
    outcome, reason = seen
    return Observation(
        kind=KIND,
        subject=subject,
        observed_at=head.moment,
        collector=head.collector,
        outcome=outcome,
        reason=reason,
    )


def _offer(result: Mapping[str, Json]) -> Offer | tuple[Outcome, str]:
    commands = _mapping(result.get("scan_result"))
    if result.get("scan_status") != "COMPLETED" or not commands:
        trace = result.get("connectivity_error_trace")
        last = trace.strip().splitlines()[-1:] if isinstance(trace, str) else []
        return Outcome.UNREACHABLE, clean(last[0] if last else "sslyze could not connect", 200)
    versions: list[Version] = []
    suites: dict[Version, tuple[str, ...]] = {}
    for version, command in _COMMANDS.items():
        attempt = _mapping(commands.get(command))
        told = _mapping(attempt.get("result"))
        accepted = told.get("accepted_cipher_suites")
        if attempt.get("status") != "COMPLETED" or not isinstance(accepted, list):
            why = clean(attempt.get("error_reason"), 60) or "the scan did not ask for it"
            return Outcome.FAILED, f"whether {version} is offered is not known: {why}"
        if accepted:
            versions.append(version)
            named = (_mapping(_mapping(each).get("cipher_suite")).get("name") for each in accepted)
            suites[version] = tuple(filter(None, (clean(name, 100) for name in named)))
    if not versions:
        return Outcome.FAILED, "sslyze found no protocol version it could use"
    offered, refused = _groups(commands)
    return Offer(
        versions=frozenset(versions),
        suites=suites,
        groups=offered,
        asked_for_hybrids=any(map(is_hybrid, (*offered, *refused))),
        certificate=_certificate(commands),
        weaknesses=tuple(_weaknesses(commands)),
    )


def _result(commands: Mapping[str, Json], command: str) -> Mapping[str, Json]:
    return _mapping(_mapping(commands.get(command)).get("result"))


def _groups(commands: Mapping[str, Json]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = _result(commands, "elliptic_curves")

    def named(member: str) -> tuple[str, ...]:
        listed = told.get(member)
        names = (
            _mapping(each).get("name") for each in (listed if isinstance(listed, list) else ())
        )
        return tuple(group_named(name) for each in names if (name := clean(each, 60)))

    return named("supported_curves"), named("rejected_curves")


def _weaknesses(commands: Mapping[str, Json]) -> Iterator[str]:
    for command, (member, confirms) in _WEAKNESSES.items():
        if _result(commands, command).get(member) is confirms:
            yield weakness_named(command)
    renegotiation = _result(commands, "session_renegotiation")
    if renegotiation.get("is_vulnerable_to_client_renegotiation_dos") is True:
        yield weakness_named("secure_client_renego")
    if clean(_result(commands, "robot").get("robot_result")).startswith("VULNERABLE"):
        yield weakness_named("robot")


def _certificate(commands: Mapping[str, Json]) -> Certificate:
    """Fold all deployments into one: the earliest end, trusted only if all are."""
    listed = _result(commands, "certificate_info").get("certificate_deployments")
    deployments = [_mapping(each) for each in listed] if isinstance(listed, list) else []
    leaves: list[tuple[date | None, Mapping[str, Json]]] = []
    for each in deployments:
        chain = each.get("received_certificate_chain")
        leaf = _mapping(chain[0]) if isinstance(chain, list) and chain else {}
        leaves.append((_day(leaf.get("not_valid_after")), leaf))
    if not leaves:
        return Certificate()
    expires, leaf = min(leaves, key=lambda pair: pair[0] or date.max)
    key = _mapping(leaf.get("public_key"))
    bits = key.get("key_size")
    return Certificate(
        expires=expires,
        signature=clean(_mapping(leaf.get("signature_algorithm_oid")).get("name"), 60),
        key_algorithm=_key_named(clean(key.get("algorithm"), 60)),
        key_bits=bits if isinstance(bits, int) and not isinstance(bits, bool) else 0,
        trusted=_trusted(deployments),
    )


def _trusted(deployments: list[Mapping[str, Json]]) -> bool | None:
    verdicts: list[bool] = []
    for each in deployments:
        paths = each.get("path_validation_results")
        told = [_mapping(path) for path in paths] if isinstance(paths, list) else []
        if told:
            verdicts.append(any(map(_is_valid, told)))
    return all(verdicts) if verdicts else None


def _is_valid(path: Mapping[str, Json]) -> bool:
    return path.get("was_validation_successful") is True


def _key_named(text: str) -> str:
    """Give `EC` for what cryptography's classes call EllipticCurvePublicKey, and so on."""
    name = text.removeprefix("_").removesuffix("PublicKey")
    return {"EllipticCurve": "EC"}.get(name, name)


def _day(text: Json) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if isinstance(text, str) else None
    except ValueError:
        return None


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _object(value: Json, cursor: JsonCursor) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        cursor.refuse("expected an object for each server")
    return value


OBSERVER = Sslyze()
