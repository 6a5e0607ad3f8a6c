"""The one node of a serving process, shared by API and console."""

from __future__ import annotations

import os
from functools import cache

from panshi.node.home import Home
from panshi.node.node import Node


@cache
def running_node() -> Node:
    """Open the node below PANSHI_HOME on the first call; the same one ever after."""
    return Node.open(Home.locate(os.environ))
