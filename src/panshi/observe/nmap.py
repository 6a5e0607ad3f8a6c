"""Nmap XML (`nmap -oX`, versions 6 and 7; nmap.dtd): hosts, ports, services, TLS scripts.

Each host that is up becomes one `network.host/1`. A host that is down, timed out, or hides every
port behind a filter was not seen: that is an observation with its reason, not a host without open
ports. The facet is the profile of the scan (protocols, ports, whether services were asked), so
that a look at ten ports does not replace one at all ports; a weakness found by one profile stands
until that profile is run again.

Where both `ssl-enum-ciphers` and `ssl-cert` ran on a port it also becomes a `tls.endpoint/1` of
the facet `nmap`: Nmap asks for no hybrid groups and must not replace a tool that does.

Option `subject`: `address` (default) or `name`, which of the two names the host.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from lxml import etree

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.network import Port, ScannedHost
from panshi.model.observation import Body, Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.texts import clean, observed
from panshi.observe.reading.xml_events import At, Step, child, children, content, open_xml
from panshi.observe.tls.endpoint import KIND as TLS
from panshi.observe.tls.endpoint import Certificate, Offer, endpoint_body, endpoint_id
from panshi.observe.tls.names import Version, version_named

KIND = "network.host/1"
FACET_OF_TLS = "nmap"

_SHORT = 60
_MOST_PORTS = 65_535 * 2
_CLEARTEXT = frozenset(
    {"telnet", "ftp", "http", "http-proxy", "http-alt", "ldap", "smtp", "submission", "pop3"}
    | {"imap", "vnc", "vnc-http", "rsh", "shell", "login", "exec", "rlogin"}
)
_KEYS = {"rsa": "RSA", "ec": "EC", "dsa": "DSA"}
_CURVE = re.compile(
    r"^(?:ecdh_)?(x25519|x448|secp\w+|brainpool\w+|\w*(?:mlkem|kyber)\w*)$", re.IGNORECASE
)


@dataclass(slots=True)
class _Run:
    """What has been read of the run so far."""

    look: Look
    collector: str = "nmap"
    started: str | None = None
    services_asked: bool = False
    ports: dict[str, tuple[str, int]] = field(default_factory=dict)
    "Protocol → ports as asked for, and how many."
    finished: bool = False
    hosts: int = 0

    @property
    def facet(self) -> str:
        """Name the profile: what was asked for, short enough to read."""
        parts = []
        for protocol, (services, count) in sorted(self.ports.items()):
            if len(services) > _SHORT:
                digest = hashlib.sha256(services.encode()).hexdigest()[:8]
                parts.append(f"{protocol} {count} ports {digest}")
            else:
                parts.append(f"{protocol} {services}")
        return "; ".join(parts) + (" -sV" if self.services_asked and parts else "")


class Nmap:
    """Reads what Nmap wrote with -oX."""

    name = "nmap"
    title_zh = "Nmap 掃描結果"
    title_en = "Nmap scan"
    needs_path = True
    kinds = (KIND, TLS)
    suffixes = (".xml",)

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield hosts as they are read; say so if the scan was interrupted."""
        if look.path is None:
            raise UsageError("nmap reads a file", remedy="name the XML file nmap wrote with -oX")
        if look.options.get("subject", "address") not in {"address", "name"}:
            raise UsageError(
                f"option subject is {look.options['subject']!r}", remedy="give address or name"
            )
        run = _Run(look)
        with open_xml(look.path) as document:
            for step in document.walk(
                enter={"nmaprun"}, keep={"scaninfo", "host", "finished"}, roots={"nmaprun"}
            ):
                match step.name:
                    case "nmaprun" if step.at is At.ENTER:
                        _begin(run, step)
                    case "scaninfo":
                        _asked(run, step)
                    case "finished":
                        run.finished = step.element.get("exit", "success") == "success"
                    case "host":
                        run.hosts += 1
                        yield from _host(run, step)
                    case _:
                        pass
        if not run.finished:
            look.warn(f"{look.path}: the scan did not finish; hosts after the last one are unseen")


def _begin(run: _Run, step: Step) -> None:
    scanner = clean(step.element.get("scanner"), 20) or "nmap"
    run.collector = f"{scanner} {clean(step.element.get('version'), 20)}".strip()
    run.started = step.element.get("start")
    arguments = clean(step.element.get("args"), 2000).split()
    run.services_asked = not {"-sV", "-A"}.isdisjoint(arguments)


def _asked(run: _Run, step: Step) -> None:
    protocol = clean(step.element.get("protocol"), 10)
    services = clean(step.element.get("services"), 4000)
    count = step.element.get("numservices", "")
    run.ports[protocol] = (services, int(count) if count.isdecimal() and len(count) < 7 else 0)  # noqa: PLR2004  65536 has five digits


def _host(run: _Run, step: Step) -> Iterator[Observation]:
    element = step.element
    addresses = [
        clean(each.get("addr"), 64)
        for each in children(element, "address")
        if each.get("addrtype") in {"ipv4", "ipv6"} and each.get("addr")
    ]
    if not addresses:
        run.look.warn(f"{step.place}: a host without an address was passed over")
        return
    names = _names(element)
    named = names[0] if names and run.look.options.get("subject") == "name" else addresses[0]
    if run.look.subject and run.hosts > 1:
        raise UsageError(
            "the subject was given, and the scan is of several hosts",
            remedy="leave the subject out; each host is named by its address",
        )
    moment = _moment(element.get("endtime") or run.started, run.look, step.place)
    subject = run.look.subject or f"host:{named}"
    unseen = _why_unseen(run, element)
    yield _observation(
        run, KIND, subject, moment, unseen or _body(run, element, tuple(addresses), names)
    )
    if not isinstance(unseen, tuple):
        yield from _endpoints(run, step, named, moment)


def _observation(
    run: _Run, kind: str, subject: str, moment: datetime, seen: Body | tuple[Outcome, str]
) -> Observation:
    outcome, reason = seen if isinstance(seen, tuple) else (Outcome.SEEN, "")
    return Observation(
        kind=kind,
        subject=subject,
        facet=FACET_OF_TLS if kind == TLS else run.facet,
        observed_at=moment,
        collector=run.collector,
        outcome=outcome,
        reason=reason,
        body=None if isinstance(seen, tuple) else seen,
    )


def _why_unseen(run: _Run, element: etree._Element) -> tuple[Outcome, str] | None:
    status = child(element, "status")
    state = "" if status is None else status.get("state", "")
    if state != "up":
        reason = "" if status is None else clean(status.get("reason"), 60)
        return Outcome.UNREACHABLE, f"the host is {state or 'not said to be up'} ({reason})"
    if element.get("timedout") == "true":
        return Outcome.FAILED, "the scan of the host timed out"
    if not run.ports:
        return Outcome.FAILED, "the scan looked at no port"
    ports = child(element, "ports")
    if ports is None:
        return Outcome.FAILED, "the scan tells nothing of the host's ports"
    states = {_state(port) for port in children(ports, "port")}
    states |= {each.get("state", "") for each in children(ports, "extraports")}
    if not states & {"open", "closed", "unfiltered"}:
        return Outcome.UNREACHABLE, f"every port is {' or '.join(sorted(states)) or 'untold'}"
    return None


def _body(
    run: _Run, element: etree._Element, addresses: tuple[str, ...], names: tuple[str, ...]
) -> ScannedHost:
    ports = child(element, "ports")
    found = [] if ports is None else [each for each in children(ports, "port") if _is_open(each)]
    opened = tuple(_port(each) for each in found[:_MOST_PORTS])
    return ScannedHost(
        addresses=addresses,
        names=names,
        open_ports=opened,
        open_count=len(opened),
        ports_scanned=sum(count for _services, count in run.ports.values()),
        cleartext_services=sum(
            port.service in _CLEARTEXT and not port.encrypted for port in opened
        ),
        operating_system=_system(element),
    )


def _names(element: etree._Element) -> tuple[str, ...]:
    """Give the names, the one the user typed first."""
    hostnames = child(element, "hostnames")
    found = [] if hostnames is None else list(children(hostnames, "hostname"))
    found.sort(key=lambda each: each.get("type") != "user")
    return tuple(dict.fromkeys(filter(None, (clean(each.get("name"), 255) for each in found))))


def _state(port: etree._Element) -> str:
    state = child(port, "state")
    return "" if state is None else state.get("state", "")


def _is_open(port: etree._Element) -> bool:
    return _state(port) == "open" and port.get("portid", "").isdecimal()


def _port(port: etree._Element) -> Port:
    service = child(port, "service")
    told: dict[str, str] = {} if service is None else {str(k): str(v) for k, v in service.items()}
    name = clean(told.get("name"), 60)
    product = " ".join(filter(None, (clean(told.get("product")), clean(told.get("version"), 60))))
    return Port(
        number=int(port.get("portid", "0")[:5]),
        protocol=clean(port.get("protocol"), 10),
        service=name,
        product=product,
        encrypted=told.get("tunnel") == "ssl"
        or name in {"ssh", "https", "ldaps", "imaps", "ftps"}
        or name in {"pop3s", "smtps", "telnets", "domain-s"},
    )


def _system(element: etree._Element) -> str:
    systems = child(element, "os")
    matches = [] if systems is None else list(children(systems, "osmatch"))
    best = max(matches, key=lambda each: _whole(each.get("accuracy")), default=None)
    return "" if best is None else clean(best.get("name"), 120)


def _endpoints(run: _Run, step: Step, named: str, moment: datetime) -> Iterator[Observation]:
    ports = child(step.element, "ports")
    for port in () if ports is None else children(ports, "port"):
        scripts = {each.get("id"): each for each in children(port, "script")}
        offered = _offered(scripts.get("ssl-enum-ciphers"))
        if not _is_open(port) or not offered:
            continue
        number = port.get("portid", "")
        if "ssl-cert" not in scripts:
            run.look.warn(
                f"{step.place}: port {number} was asked for suites and not for its certificate; "
                "run ssl-cert as well to have it as an endpoint"
            )
            continue
        suites, groups = offered
        offer = Offer(
            versions=frozenset(suites),
            suites=suites,
            groups=groups,
            certificate=_certificate(scripts["ssl-cert"]),
        )
        address = endpoint_id(named, number).removeprefix("endpoint:")
        body = endpoint_body(address, offer)
        yield _observation(run, TLS, f"endpoint:{address}", moment, body)


def _offered(
    script: etree._Element | None,
) -> tuple[dict[Version, tuple[str, ...]], tuple[str, ...]] | None:
    """Read suites and named groups per version from the script's tables."""
    suites: dict[Version, tuple[str, ...]] = {}
    groups: dict[str, None] = {}
    for table in () if script is None else children(script, "table"):
        version = version_named(table.get("key", ""))
        ciphers = next(
            (each for each in children(table, "table") if each.get("key") == "ciphers"), None
        )
        if version is None or ciphers is None:
            continue
        told = [_elements(each) for each in children(ciphers, "table")]
        # Nmap calls the suites of TLS 1.3 TLS_AKE_WITH_…
        suites[version] = tuple(
            clean(each.get("name"), 100).replace("TLS_AKE_WITH_", "TLS_") for each in told
        )
        for each in told:
            if curve := _CURVE.match(clean(each.get("kex_info"), 60)):
                groups.setdefault(curve[1])
    return (suites, tuple(groups)) if suites else None


def _certificate(script: etree._Element) -> Certificate:
    tables = {each.get("key"): _elements(each) for each in children(script, "table")}
    key = tables.get("pubkey", {})
    kind = clean(key.get("type"), 30)
    return Certificate(
        expires=_day(tables.get("validity", {}).get("notAfter", "")),
        signature=clean(_elements(script).get("sig_algo"), 60),
        key_algorithm=_KEYS.get(kind.lower(), kind),
        key_bits=_whole(key.get("bits")),
    )


def _elements(table: etree._Element) -> dict[str, str]:
    return {each.get("key", ""): content(each) for each in children(table, "elem")}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0  # noqa: PLR2004  no figure here is larger


def _moment(epoch: str | None, look: Look, place: str) -> datetime:
    text = (epoch or "").strip()
    if not text:
        return look.now
    try:
        stated = datetime.fromtimestamp(int(text[:20]), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInputError(
            f"{clean(text, 40)!r} is not a time in seconds since 1970", place=place
        ) from error
    return observed(stated.isoformat(), look, place)


OBSERVER = Nmap()
