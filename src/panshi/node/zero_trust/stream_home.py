"""The file of shared signals of the home that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.node.home import Home
from panshi.node.node import Node
from panshi.store.signal_streams import SignalStreams

type Streams = SignalStreams
"""What feeds and streams rest in, for those who only hand it on."""


@contextmanager
def opened() -> Iterator[tuple[SignalStreams, Path]]:
    """Open it for one verb; nothing else of the node is needed for that."""
    home = Home.locate(os.environ)
    home.prepare()
    with SignalStreams(home.path) as store:
        yield store, home.path


def streams_of(node: Node) -> SignalStreams:
    """Open it for a node that is open already; to be used within `with`."""
    return SignalStreams(node.home.path)
