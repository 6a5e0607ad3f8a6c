"""Look at security-relevant kernel parameters (sysctl), read from /proc/sys.

The recommended values are those of the Kernel Self Protection Project's recommended settings
and of the CIS Debian Linux benchmark, as of 2026; a stricter value counts as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from panshi.model.bodies.hosts import KernelParameters
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.kernel/1"

# field → place below /proc/sys, lowest and highest recommended value
PARAMETERS = {
    "randomize_va_space": ("kernel/randomize_va_space", 2, 2),
    "kptr_restrict": ("kernel/kptr_restrict", 1, 2),
    "dmesg_restrict": ("kernel/dmesg_restrict", 1, 1),
    "ip_forward": ("net/ipv4/ip_forward", 0, 0),
    "accept_redirects": ("net/ipv4/conf/all/accept_redirects", 0, 0),
    "tcp_syncookies": ("net/ipv4/tcp_syncookies", 1, 2),
    "protected_symlinks": ("fs/protected_symlinks", 1, 1),
    "unprivileged_bpf_disabled": ("kernel/unprivileged_bpf_disabled", 1, 2),
    "yama_ptrace_scope": ("kernel/yama/ptrace_scope", 1, 3),
}


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Read every parameter; those this kernel does not have stay None."""
    release = machine.text("/proc/sys/kernel/osrelease").strip()
    values = {
        field: _number(machine.text_or_none(f"/proc/sys/{place}"))
        for field, (place, _least, _most) in PARAMETERS.items()
    }
    yield Sight(kind=KIND, subject=machine.host, body=parameters_body(release, values))


def parameters_body(release: str, values: Mapping[str, int | None]) -> KernelParameters:
    """Fold the parameters, by their field, into a body; None is one that could not be read."""
    read = {field: value for field, value in values.items() if value is not None}
    hardened = sum(
        PARAMETERS[field][1] <= value <= PARAMETERS[field][2] for field, value in read.items()
    )
    return KernelParameters(release=release, **values, hardened=hardened, readable=len(read))


def _number(text: str | None) -> int | None:
    try:
        return int((text or "").split()[0])
    except (ValueError, IndexError):
        return None
