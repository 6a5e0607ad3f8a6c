"""Structured fields of HTTP (RFC 9651), read by `http-sf`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import http_sf


def dictionary(text: str) -> Mapping[str, tuple[Any, Mapping[str, Any]]] | None:
    """Give each member of a dictionary with its parameters; None where the text is none."""
    try:
        parsed = http_sf.parse(text.encode("ascii"), tltype="dictionary")
    except (ValueError, TypeError):
        return None
    return cast("Mapping[str, tuple[Any, Mapping[str, Any]]]", parsed)
