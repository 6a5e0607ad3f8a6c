"""Controls by the names people give them: `1.1` for 1-1, `BP-8` for BP-08, `8.1（1）` for 8.1(1).

The zero-trust guide writes ids two ways, documents are typed with full-width signs, and people
leave out a leading zero. A name that fits no control, or more than one, finds nothing.
"""

from __future__ import annotations

import re
import unicodedata

from panshi.model.control import Control, Framework


def control_named(framework: Framework, name: str) -> Control | None:
    """Find the one control a name stands for."""
    exact = framework.by_id.get(name)
    if exact is not None:
        return exact
    wanted = _folded(name.removeprefix(f"{framework.id}/"))
    found = [control for control in framework.controls if _folded(control.id) == wanted]
    return found[0] if len(found) == 1 else None


def _folded(name: str) -> str:
    """Fold width, case, the sign between numbers, and leading zeros."""
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    return re.sub(r"0*(\d+)", r"\1", re.sub(r"[-.]", ".", plain))
