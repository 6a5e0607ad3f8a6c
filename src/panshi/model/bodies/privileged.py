"""Privileged access just in time: asked for, approved by another, ended; and what was recorded.

The facet of a step is the grant's number, for example `PG-2026-001`; whether a grant is in force at
a moment is derived from its steps (`panshi.protection.zero_trust.privileged`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

REQUEST = "record.privileged_request/1"
DECISION = "record.privileged_decision/1"
END = "record.privileged_end/1"
RECORDING = "bastion.recording/1"


@observation_kind(REQUEST, "特權存取申請", "Privileged access request", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegedRequest(Body):
    """Somebody asks to administer one system for a while."""

    requested_by: str
    for_person: str
    "Account name at the bastion."
    system: str
    "Asset id."
    ways: tuple[str, ...]
    "`shell`, `exec`, `sftp`, `forward`."
    begins: datetime
    ends: datetime
    ticket: str
    "Number of the change or incident it is for."
    why: str


@observation_kind(DECISION, "特權存取核定", "Privileged access decision", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegedDecision(Body):
    """Another person approves or refuses."""

    request: str
    "Evidence id of what is decided on, by which every word of it is meant."
    decided_by: str
    approved: bool
    note: str = ""


@observation_kind(END, "特權存取終止", "Privileged access ended", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegedEnd(Body):
    """Somebody takes it back before its time, or withdraws the request."""

    request: str
    ended_by: str
    why: str


@observation_kind(RECORDING, "堡壘主機側錄", "Bastion recording", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class BastionRecording(Body):
    """One recorded session of the bastion; the recording itself rests below the home."""

    recording: str
    "Name of the file."
    grant: str
    person: str
    target: str
    system: str
    way: str
    "`shell`, `exec`, `sftp` or `forward`."
    command: str = ""
    address: str = ""
    assurance: int
    began: datetime
    ended: datetime
    ended_by: str
    "`client`, `target`, `order`, `grant`, `limit` or `bastion`."
    ended_why: str = ""
    bytes_shown: int
    bytes_typed: int
    "How much was typed or sent; what was typed is not kept, what was echoed is in what was shown."
    chunks: int
    chain_head: str
    "Last digest of the chain over its chunks."
    sha256: str
    "Digest of the whole file."
