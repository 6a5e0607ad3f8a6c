"""Bodies of what the node tells of watched places: what it refused, and how a place fares."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("watch.refusal/1", "監看位置退件", "Refused delivery")
@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedDelivery(Body):
    """A file or object that arrived at a watched place and was not observed."""

    place: str
    file: str
    "Name as delivered, or the object's key."
    size: int
    sha256: str
    "Empty where it was not even read."
    source: str
    "Observer that refused it; empty where none was recognised."
    reason: str
    remedy: str = ""


@observation_kind("watch.place/1", "監看位置狀態", "Watched place")
@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPlace(Body):
    """One round over a watched place in which something happened."""

    place: str
    address: str
    observed: int
    "Files observed in this round."
    refused: int
    waiting: int
    "Files left for later rounds."
    observations: int
    "New observations sealed."
