"""Bodies about networks: TLS endpoints, hosts seen by a port scan, segments, listeners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("tls.endpoint/1", "TLS 端點", "TLS endpoint")
@dataclass(frozen=True, slots=True, kw_only=True)
class TlsEndpoint(Body):
    """What one TLS endpoint offers (testssl, sslyze or our own handshake)."""

    address: str
    "`host:port` as contacted."
    protocols: tuple[str, ...]
    "Offered protocol versions, for example `TLSv1.2`."
    lowest_protocol: float
    "Lowest version offered: 0.2 for SSLv2, 0.3 for SSLv3, else 1.0 to 1.3."
    ciphers: tuple[str, ...] = ()
    "Offered cipher suites in IANA or OpenSSL spelling; empty where the tool does not say."
    weak_ciphers: int = 0
    "Suites with null, export, RC4, DES, 3DES or anonymous parts."
    forward_secrecy: bool = False
    "Every TLS 1.2 suite offered uses (EC)DHE, and ECDHE is offered."
    groups: tuple[str, ...] = ()
    "Key exchange groups offered, for example `x25519`, `X25519MLKEM768`."
    hybrid_key_exchange: bool | None = None
    "Whether a hybrid post-quantum group is offered; None where the tool did not ask for any."
    certificate_expires: date | None = None
    certificate_trusted: bool | None = None
    "None where the tool did not judge the chain."
    certificate_signature: str = ""
    key_algorithm: str = ""
    "RSA, EC, Ed25519 or other."
    key_bits: int = 0
    vulnerabilities: tuple[str, ...] = ()
    "Names of confirmed weaknesses, for example `heartbleed`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One port of a scanned host."""

    number: int
    protocol: str
    "`tcp`, `udp` or `sctp`."
    service: str = ""
    product: str = ""
    encrypted: bool = False


@observation_kind("network.host/1", "網路掃描所見主機", "Host seen by a network scan")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedHost(Body):
    """What a port scan saw of one host (Nmap)."""

    addresses: tuple[str, ...]
    names: tuple[str, ...] = ()
    open_ports: tuple[Port, ...] = ()
    open_count: int = 0
    ports_scanned: int = 0
    cleartext_services: int = 0
    "Open ports that serve telnet, ftp, http, ldap, smtp, pop3, imap, vnc or rsh unencrypted."
    operating_system: str = ""


@observation_kind("network.segment/1", "網段隔離", "Network segmentation")
@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Body):
    """How a host or zone is kept apart (firewall export, reachability test)."""

    isolated: bool
    "Only declared connections pass into and out of the segment."
    peer_reachable: bool
    "Whether a host of the same segment could be reached without need in the last test."
    micro_segmented: bool = False
    "The boundary follows the workload, by software."
    policy_as_code: bool = False
    undeclared_flows: int = 0
    "Flows seen that no rule or dependency explains."
    flows_mapped_share: float = 0.0
    "Share of seen flows explained by declared dependencies, 0 to 1."
    anomalies_open: int = 0
    "Traffic anomalies without handling."
    public_address: bool = False
    allow_list: bool = False


@observation_kind(
    "network.resilience_test/1", "網路韌性測試", "Network resilience test", tests=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkResilienceTest(Body):
    """A fail-over or scrubbing test of a service's network."""

    passed: bool
    scenario: str
    adjust_seconds: float
    "From begin of the disturbance until service was normal."
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One listening socket."""

    address: str
    port: int
    protocol: str
    process: str = ""


@observation_kind("host.listeners/1", "監聽中的連接埠", "Listening sockets")
@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners(Body):
    """Sockets a host listens on, as the host itself tells."""

    sockets: tuple[Listener, ...]
    exposed: int = 0
    "Sockets bound to an address other than loopback."


@observation_kind("network.automation/1", "網路治理自動化", "Network governance automation")
@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAutomation(Body):
    """How changes of network policy reach a zone."""

    automated_share: float
    "Share of policy changes made by pipeline, 0 to 1."
    lead_time_hours: float
    "Median from approval to enforcement."
    drift_corrected: bool = False
