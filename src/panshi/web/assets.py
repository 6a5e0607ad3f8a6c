"""Digests of our static files, so that a changed file gets a new address."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders


@cache
def digest(path: str) -> str:
    """Give eight digits of a static file's SHA-256; zeros where it is not there."""
    found = finders.find(path)
    if not isinstance(found, str):
        return "0" * 8
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8]
