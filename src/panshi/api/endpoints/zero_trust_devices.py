"""Devices that attest: enrolment and what their newest sealed quote proved."""

from __future__ import annotations

from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.node import Node
from panshi.node.zero_trust.device_register import DeviceAnswer, register


def devices(node: Node, asked: Asked) -> Answered:
    """Answer every device of this node."""
    return answered(register(node, people=asked.may("evidence.personal")))


ROUTES = (
    Route(
        method="GET",
        path="/zero-trust/devices",
        action="device.view",
        handler=devices,
        answers=tuple[DeviceAnswer, ...],
        summary="Devices that attest, each with its newest sealed result and named reasons",
    ),
)
