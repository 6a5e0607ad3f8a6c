"""Look at how the machine starts: firmware, secure boot, TPM (as the kernel shows them in /sys)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.device_state import HostBoot
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.boot/1"

_EFI = "/sys/firmware/efi"
_SECURE = f"{_EFI}/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_TPM_VERSION = "/sys/class/tpm/tpm0/tpm_version_major"


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield what protects the start."""
    if not machine.has("/sys/class"):
        raise PanshiError("the kernel shows no devices here", place="/sys")
    uefi = machine.has(_EFI)
    body = HostBoot(
        uefi=uefi,
        secure_boot=_secure(machine) if uefi else False,
        tpm=(machine.text_or_none(_TPM_VERSION) or "").strip() == "2",
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def _secure(machine: Machine) -> bool | None:
    """Read the firmware's variable: four bytes of attributes, then 1 or 0 (UEFI 2.10, 32.3)."""
    value = machine.text_or_none(_SECURE)
    return None if not value else value[-1] == "\x01"
