"""Hostile files: mutations of a good one, and observers under bounds in a subprocess."""

import subprocess
import sys
from datetime import UTC, datetime

from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import decode_body, encode_body
from panshi.observe.port import Look

NOW = datetime(2027, 1, 1, tzinfo=UTC)
SUBJECT = "system:core"


def observe(observer, path, subject=SUBJECT, now=NOW):
    """Observe one file; gives the observations and the warnings."""
    warnings = []
    look = Look(path=path, now=now, subject=subject, warn=warnings.append)
    return list(observer.observe(look)), warnings


def survives(observer, path, raw):
    """Observe hostile bytes: what comes out can be sealed, or the file is refused with a place."""
    path.write_bytes(raw)
    try:
        found, _ = observe(observer, path)
    except BadInputError as error:
        assert error.place  # noqa: PT017 -- either way of ending is right
        return None
    for each in found:
        assert each.subject.isprintable()
        assert each.facet.isprintable()
        assert each.observed_at <= NOW
        if each.body is not None:
            assert decode_body(each.kind, encode_body(each.body)) == each.body
    return found


def named_by_itself(observer, path, raw):
    """Survive, where a subject that can name only one of several is no fault of the file."""
    try:
        survives(observer, path, raw)
    except UsageError as error:
        assert "can name" in error.problem  # noqa: PT017 -- either way of ending is right


@st.composite
def mutations(draw, samples):
    """A good sample that was cut, spliced, or had bytes flipped, removed or repeated."""
    raw = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        match draw(st.sampled_from(["cut", "flip", "drop", "repeat", "insert", "swap"])):
            case "cut":
                del raw[at:]
            case "flip" if raw:
                raw[at] ^= draw(st.integers(1, 255))
            case "drop":
                del raw[at : at + draw(st.integers(1, 40))]
            case "repeat":
                raw[at:at] = raw[at : at + draw(st.integers(1, 200))]
            case "insert":
                raw[at:at] = draw(st.binary(max_size=8) | st.sampled_from(TOKENS))
            case "swap":
                word, other = draw(st.sampled_from(TOKENS)), draw(st.sampled_from(TOKENS))
                raw = bytearray(bytes(raw).replace(word, other))
    return bytes(raw)


def shapes(words):
    """Objects made of the words of a format, in any shape at all."""
    names = words.split()
    value = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=4)
        | st.sampled_from(names),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(names), inner, max_size=5)
        ),
        max_leaves=15,
    )
    return st.dictionaries(st.sampled_from(names), value, max_size=6)


TOKENS = [
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"<", b">", b"/>", b"null", b"true", b"{}", b"[]",
    b"-1", b"1e999", b'"\\udc00"', b"\\u0000", b"\xff", b"\xe7\xa3\x90", b"&lt;", b"&x;", b"=",
    b"[]=", b"|", b"2026", b"T", b"Z", b"9" * 30, b"  ",
]  # fmt: skip

WATCHED = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from panshi.errors import PanshiError
from panshi.observe.port import Look
from panshi.observe.sources import source

observer = source(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
look = Look(path=Path(sys.argv[2]), now=datetime.now(UTC), subject="system:core")
try:
    said = f"seen {sum(1 for _ in observer.observe(look))}"
except PanshiError as error:
    said = f"{type(error).__name__} {error}"
print(said)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def watched(name, path, address_space_mib=2048):
    """Observe in a process of its own with bounded memory: what it said, MiB it grew by."""
    most = address_space_mib << 20
    bound = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({most}, {most}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{bound}\n{WATCHED}", name, str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *said, grown = done.stdout.strip().splitlines()
    return "\n".join(said), int(grown)
