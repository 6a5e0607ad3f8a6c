"""The TPM of this machine, through tpm2-tools: make its keys, open a challenge, quote registers.

Runs on the device that is to be known. Only the public halves and what the TPM signs leave it.
Transient objects are flushed after each step, since without a resource manager a TPM holds three.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from panshi.errors import PanshiError, UsageError
from panshi.store.place import ready_directory

PATIENCE = 60.0
_KEYS = {"rsa": ("rsa", "rsassa"), "ecc": ("ecc", "ecdsa")}


@dataclass(frozen=True, slots=True, kw_only=True)
class TpmKeys:
    """The public halves of a device's two keys, as TPM2B_PUBLIC."""

    endorsement: bytes
    attestation: bytes
    certificate: bytes = b""
    "Manufacturer's certificate of the endorsement key (DER), where the TPM holds one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What the TPM signed, and the register values it signed the digest of."""

    quote: bytes
    signature: bytes
    values: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tpm:
    """One TPM and the folder in which the handles of its keys are kept."""

    folder: Path
    tcti: str = ""
    "How tpm2-tools reach the TPM, for example `device:/dev/tpmrm0`; empty: their own choice."

    def keys(self, algorithm: str = "ecc") -> TpmKeys:
        """Give the endorsement and the attestation key; make the second where there is none."""
        ready_directory(self.folder)
        if not self._attestation.exists():
            kind, scheme = _KEYS[algorithm]
            self._endorse(algorithm)
            self._run(
                "tpm2_createak", "-C", self._at("ek.ctx"), "-c", self._at("ak.ctx"),
                "-G", kind, "-g", "sha256", "-s", scheme, "-f", "tss",
                "-u", self._at("ak.pub"), "-n", self._at("ak.name"),
            )  # fmt: skip
            self._flush()
        return TpmKeys(
            endorsement=self._read("ek.pub"),
            attestation=self._read("ak.pub"),
            certificate=self._certificate(),
        )

    def activate(self, credential: bytes) -> bytes:
        """Open an enrolment challenge: give the secret only this TPM can read."""
        self._need_keys()
        with TemporaryDirectory() as scratch:
            sealed, opened = Path(scratch, "credential"), Path(scratch, "secret")
            session = str(Path(scratch, "session"))
            sealed.write_bytes(credential)
            self._run("tpm2_startauthsession", "--policy-session", "-S", session)
            try:
                self._run("tpm2_policysecret", "-S", session, "-c", "e")
                self._run(
                    "tpm2_activatecredential", "-c", self._at("ak.ctx"), "-C", self._at("ek.ctx"),
                    "-i", str(sealed), "-o", str(opened), "-P", f"session:{session}",
                )  # fmt: skip
            finally:
                self._run("tpm2_flushcontext", session)
                self._flush()
            return opened.read_bytes()

    def quote(self, nonce: bytes, selection: str) -> Quoted:
        """Have the registers of a selection (`sha256:0,1,7`) signed over a nonce."""
        self._need_keys()
        with TemporaryDirectory() as scratch:
            names = {each: str(Path(scratch, each)) for each in ("quote", "signature", "values")}
            self._run(
                "tpm2_quote", "-c", self._at("ak.ctx"), "-l", selection, "-q", nonce.hex(),
                "-g", "sha256", "-m", names["quote"], "-s", names["signature"], "-f", "tss",
                "-o", names["values"], "-F", "values",
            )  # fmt: skip
            self._flush()
            read = {each: Path(place).read_bytes() for each, place in names.items()}
        return Quoted(quote=read["quote"], signature=read["signature"], values=read["values"])

    @property
    def _attestation(self) -> Path:
        return self.folder / "ak.ctx"

    def _need_keys(self) -> None:
        if not self._attestation.exists():
            raise UsageError(
                "this device has no attestation key yet",
                place=str(self.folder),
                remedy="panshi zt attest enrol",
            )

    def _endorse(self, algorithm: str) -> None:
        self._run(
            "tpm2_createek", "-c", self._at("ek.ctx"), "-G", _KEYS[algorithm][0],
            "-u", self._at("ek.pub"), "-f", "tss",
        )  # fmt: skip
        self._flush()

    def _certificate(self) -> bytes:
        """Read the certificate the maker left in the TPM; many virtual ones have none."""
        with TemporaryDirectory() as scratch:
            first, second = Path(scratch, "rsa"), Path(scratch, "ecc")
            try:
                self._run("tpm2_getekcertificate", "-o", str(first), "-o", str(second), "--offline")
            except PanshiError:
                return b""
            wanted = self._read("ek.pub")[2:4] == b"\x00\x01"
            held = first if wanted else second
            return held.read_bytes() if held.exists() else b""

    def _flush(self) -> None:
        for each in ("-t", "-l"):
            self._run("tpm2_flushcontext", each)

    def _at(self, name: str) -> str:
        return str(self.folder / name)

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise PanshiError(f"cannot be read: {error.strerror}", place=self._at(name)) from error

    def _run(self, program: str, *arguments: str) -> None:
        found = shutil.which(program)
        if found is None:
            raise UsageError(f"{program} is not installed", remedy="apt-get install tpm2-tools")
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TSS2_LOG": "all+NONE"}
        tcti = self.tcti or os.environ.get("TPM2TOOLS_TCTI", "")
        if tcti:
            environment["TPM2TOOLS_TCTI"] = tcti
        try:
            done = subprocess.run(  # noqa: S603  fixed programs, no shell
                (found, "-Q", *arguments),
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                env=environment,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise PanshiError(f"took longer than {PATIENCE:g} s", place=program) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise PanshiError(
                f"the TPM refused: {(said or ['no message'])[-1][:200]}",
                place=program,
                remedy="is there a TPM, and may this user reach it (group tss)?",
            )
