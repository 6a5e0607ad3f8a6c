"""Our side of bench/vault.py, a process of its own so that its memory can be measured alone."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from panshi.node.resilience.vault.founding import Wish, found
from panshi.node.resilience.vault.opening import opened, unlock
from panshi.node.resilience.vault.restoring import restore
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import files
from panshi.resilience.vault.shares import Quorum


def main() -> None:
    """Found, seal or restore."""
    act, base, *rest = sys.argv[1:]
    root = Path(base)
    places = [str(root / f"place-{n}") for n in range(6)]
    now = datetime.now(UTC)
    if act == "found":
        wish = Wish(k=4, quorum=Quorum(threshold=3, members=5), retention=timedelta(days=30))
        _, mnemonics = found(places, root / "home", wish, now=now)
        (root / "shares.json").write_text(json.dumps(mnemonics))
        return
    without = [int(each) for each in rest[1:]]
    with opened(places, root / "home") as vault:
        if act == "seal":
            _, sealed = seal(vault, files([Path(rest[0])]), now=now)
            print(sealed.stored_bytes)
            return
        its = unlock(vault, json.loads((root / "shares.json").read_text())[:3])
        print(restore(vault, its, Path(rest[0]), without=without).bytes)


if __name__ == "__main__":
    main()
