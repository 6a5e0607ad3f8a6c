"""What was released: a SHA256SUMS file, as `sha256sum` writes it.

Provenance says what a build made; this says what is in use. Only where the two name the same
digest was the release made by that build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.secure_development import ARTIFACTS, Artifact, ReleaseArtifacts
from panshi.model.observation import Observation
from panshi.observe.port import Look
from panshi.observe.reading.files import open_source, path_of, text_lines
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.texts import clean, observed
from panshi.observe.secure_development.releases import facet_of, release_of, subject_of

MOST = 10_000
_LIMITS = Limits(max_bytes=4 * MIB, max_items=MOST + 100)
_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](\S.*)")
_TAGGED = re.compile(r"SHA256 \((.+)\) = ([0-9a-fA-F]{64})")


class Checksums:
    """Reads SHA256SUMS files."""

    name = "artifacts"
    title_zh = "發布成品（SHA256SUMS）"
    title_en = "Release artefacts (SHA256SUMS)"
    needs_path = True
    kinds = (ARTIFACTS,)
    suffixes = ("SHA256SUMS", ".sha256", ".sha256sums")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation: the release."""
        subject, release = subject_of(look), release_of(look)
        path = path_of(look)
        found: dict[str, str] = {}
        with open_source(path, _LIMITS) as source:
            for number, line in text_lines(source):
                if not line.strip() or line.startswith("#"):
                    continue
                name, digest = _entry(line, f"{path}:{number}")
                if found.setdefault(name, digest) != digest:
                    raise BadInputError(
                        f"{name!r} has two digests", place=f"{path}:{number}", remedy="list it once"
                    )
        if not found:
            raise BadInputError("lists no file", place=str(path))
        if not release:
            raise UsageError(
                "the file does not say which release it lists",
                place=str(path),
                remedy="name it: --option release=2.4.1",
            )
        artifacts = tuple(Artifact(name=name, sha256=value) for name, value in found.items())
        yield Observation(
            kind=ARTIFACTS,
            subject=subject,
            facet=facet_of(release, "artifacts"),
            observed_at=observed(look.options.get("released", ""), look, str(path)),
            collector="SHA256SUMS",
            body=ReleaseArtifacts(
                release=release,
                artifacts=artifacts,
                supplier=clean(look.options.get("supplier", ""), 200),
            ),
        )


OBSERVER = Checksums()


def _entry(line: str, place: str) -> tuple[str, str]:
    plain, tagged = _LINE.fullmatch(line.strip()), _TAGGED.fullmatch(line.strip())
    if plain is not None:
        name, digest = plain[2], plain[1]
    elif tagged is not None:
        name, digest = tagged[1], tagged[2]
    else:
        raise BadInputError(
            "is no line of a SHA256SUMS file", place=place, remedy="write it with sha256sum"
        )
    return clean(name, 300), digest.lower()
