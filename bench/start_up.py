"""How fast the command line answers: `panshi --help` beside `trestle --help` (compliance-trestle).

    python bench/start_up.py [--json]

Both run in the same environment, alternately; the middle of the measured times counts.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
TARGET_MS = 150
BIN = Path(sys.executable).parent


def seconds(*words: str) -> float:
    """Time one run of a command."""
    started = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    commands = {
        "panshi": [str(BIN / "panshi"), "--help"],
        "trestle": [str(BIN / "trestle"), "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _round in range(ROUNDS):
        for name, words in commands.items():
            times[name].append(seconds(*words))
    middle = {name: statistics.median(found) * 1000 for name, found in times.items()}
    result = {
        "panshi_help_ms": round(middle["panshi"], 1),
        "trestle_help_ms": round(middle["trestle"], 1),
        "ratio": round(middle["trestle"] / middle["panshi"], 1),
        "target_ms": TARGET_MS,
        "met": middle["panshi"] <= TARGET_MS,
    }
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
