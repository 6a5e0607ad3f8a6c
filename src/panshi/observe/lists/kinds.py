"""Which kind of observation a table holds: stated, named by its sheet, or shown by its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping

from panshi.errors import BadInputError
from panshi.model.bodies import KINDS
from panshi.observe.lists.columns import Shape, listable, shape, understands
from panshi.observe.lists.table import Line
from panshi.observe.lists.words import NAMES_OF_KINDS, plain

STATEMENT = re.compile(r"^#\s*kind\s*[:：]\s*(?P<kind>\S+)", re.IGNORECASE)
"A first line that states the kind, for example `# kind: device.posture/1`."

_NAMES: Mapping[str, str] = {
    plain(name): kind for kind, names in NAMES_OF_KINDS.items() for name in names
}


def shape_named(kind: str, place: str) -> Shape:
    """Give the shape of a stated kind; `device.posture` means its newest version."""
    known = kind if kind in KINDS else _newest(kind) or _NAMES.get(plain(kind), "")
    found = shape(known) if known else None
    if found is None:
        raise BadInputError(
            f"{kind[:60]!r} is no kind that can come as a list",
            place=place,
            remedy=f"kinds: {', '.join(listable())}",
        )
    return found


def shape_titled(title: str) -> Shape | None:
    """Give the shape a sheet or file is named after."""
    known = _NAMES.get(plain(title)) or next(
        (
            kind
            for kind, spec in KINDS.items()
            if plain(title) in {plain(spec.title_zh), plain(spec.title_en)}
        ),
        None,
    )
    return shape(known) if known else None


def shape_shown(line: Line, *, subject_given: bool) -> Shape | None:
    """Give the one shape that knows every heading and misses none; None where it is not one."""
    shapes = (found for kind in listable() if (found := shape(kind)) is not None)
    fitting = [each for each in shapes if understands(each, line, subject_given=subject_given)]
    return fitting[0] if len(fitting) == 1 else None


def _newest(name: str) -> str | None:
    versions = [kind for kind in KINDS if kind.rpartition("/")[0] == name]
    return max(versions, key=lambda kind: int(kind.rpartition("/")[2]), default=None)
