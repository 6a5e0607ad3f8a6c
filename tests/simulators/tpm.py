"""A real TPM 2.0 in software (swtpm), driven by the real tpm2-tools."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.observe.tpm import Tpm
from tests.simulators.patience import PATIENCE

PROGRAMS = ("swtpm", "tpm2_quote", "tpm2_createek")


def missing() -> str:
    return next((each for each in PROGRAMS if shutil.which(each) is None), "")


@contextmanager
def software_tpm(state: Path | None = None) -> Iterator[Tpm]:
    """Start a TPM; with `state`, the one whose state rests there goes on."""
    with tempfile.TemporaryDirectory(prefix="tpm") as scratch:
        rest = state or Path(scratch, "state")
        rest.mkdir(exist_ok=True)
        server = Path(scratch, "s")
        process = subprocess.Popen(
            [
                "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={rest}",
                "--server", f"type=unixio,path={server}",
                "--ctrl", f"type=unixio,path={server}.ctrl",
                "--flags", "not-need-init,startup-clear",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            until = time.monotonic() + PATIENCE
            while not server.exists() and time.monotonic() < until:
                time.sleep(0.02)
            yield Tpm(folder=Path(scratch, "keys"), tcti=f"swtpm:path={server}")
        finally:
            process.terminate()
            process.wait(PATIENCE)


def extend(tpm: Tpm, register: int, value: bytes) -> None:
    tpm._run("tpm2_pcrextend", f"{register}:sha256={value.hex()}")
