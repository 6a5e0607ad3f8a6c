"""The file of shared signals of the home that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.node.home import Home
from panshi.store.signal_streams import SignalStreams


@contextmanager
def opened() -> Iterator[tuple[SignalStreams, Path]]:
    """Open it for one verb; nothing else of the node is needed for that."""
    home = Home.locate(os.environ)
    home.prepare()
    with SignalStreams(home.path) as store:
        yield store, home.path
