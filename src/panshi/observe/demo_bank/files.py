"""The plan's files as they ship in the package."""

from __future__ import annotations

from importlib import resources


def demo_files() -> tuple[bytes, bytes]:
    """Give `bank.yaml` and `observations.yaml`, in the order `read_plan` takes them."""
    folder = resources.files("panshi").joinpath("content", "demo")
    bank, observations = (folder.joinpath(name) for name in ("bank.yaml", "observations.yaml"))
    return bank.read_bytes(), observations.read_bytes()
