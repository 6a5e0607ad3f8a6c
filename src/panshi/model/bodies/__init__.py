"""Bodies of observations, one frozen dataclass per kind; importing this fills the registry."""

from panshi.model.bodies import (
    channels,
    data,
    devices,
    hosts,
    identity,
    intelligent,
    monitoring,
    network,
    offices,
    ownership,
    records,
    resilience,
    software,
    suppliers,
)
from panshi.model.bodies.registry import KINDS, KindSpec

__all__ = [
    "KINDS",
    "KindSpec",
    "channels",
    "data",
    "devices",
    "hosts",
    "identity",
    "intelligent",
    "monitoring",
    "network",
    "offices",
    "ownership",
    "records",
    "resilience",
    "software",
    "suppliers",
]
