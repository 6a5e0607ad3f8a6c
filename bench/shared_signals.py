"""What a Security Event Token costs: CPU microseconds to verify one, and to take it whole.

    .venv/bin/python bench/shared_signals.py [--rounds 5]

Side by side per algorithm: joserfc alone (signature and JSON), ours (`tokens.read`: strict JSON,
every claim, event and subject), and the whole way of a token through the decision point: was it
here before, whom it means, its rule, live sessions, SQLite with a flush to disk. CPU seconds of
this process, median of rounds; the machine may be busy, so ratios count. Synthetic.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path

from joserfc import jws

ROOT = Path(__file__).resolve().parents[1]
_TESTS = types.ModuleType("tests")  # some package of the environment may bring a `tests` of its own
_TESTS.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = _TESTS

from panshi.protection.zero_trust.signals import tokens  # noqa: E402 -- after the path
from panshi.protection.zero_trust.signals.tokens import Issuer  # noqa: E402 -- after the path
from tests.simulators import transmitter  # noqa: E402 -- after the path
from tests.simulators.signalled_point import SignalledPoint  # noqa: E402 -- after the path

ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519")
COUNT = 400


def main() -> None:
    """Print one line per algorithm."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"{'':10}{'joserfc':>12}{'tokens.read':>14}{'taken whole':>14}   µs CPU per token")
    for algorithm in ALGORITHMS:
        raw = transmitter.signed(transmitter.claims(), algorithm)
        key, issuer = transmitter.signing_key(algorithm), transmitter.agreed(algorithm)
        peer = _median(rounds, lambda raw=raw, key=key, name=algorithm: _peer(raw, key, name))
        ours = _median(rounds, lambda raw=raw, issuer=issuer: _ours(raw, issuer))
        whole = statistics.median(asyncio.run(_whole(algorithm)) for _ in range(rounds))
        print(f"{algorithm:10}{peer:12.1f}{ours:14.1f}{whole:14.1f}   {ours / peer:.2f}x")


def _peer(raw: str, key: object, algorithm: str) -> None:
    json.loads(jws.deserialize_compact(raw, key, algorithms=[algorithm]).payload)  # type: ignore[arg-type]


def _ours(raw: str, issuer: Issuer) -> None:
    tokens.read(raw, issuer, transmitter.NOW)


def _median(rounds: int, work: Callable[[], None]) -> float:
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        for _ in range(COUNT):
            work()
        found.append((time.process_time() - begin) / COUNT * 1e6)
    return statistics.median(found)


async def _whole(algorithm: str) -> float:
    from panshi.pdp.shared_signals.taking import take  # noqa: PLC0415 -- after the path

    with tempfile.TemporaryDirectory() as home:
        async with SignalledPoint(Path(home), now=transmitter.NOW) as point:
            point.feed("idp", algorithm)
            for number in range(100):
                point.sign_in("bob", f"s-{number}")
            raws = [
                transmitter.signed(transmitter.claims(jti=f"j{number}"), algorithm)
                for number in range(COUNT)
            ]
            feed = point.hub.feeds["idp"]
            begin = time.process_time()
            for raw in raws:
                await take(point.hub, feed, raw)
            return (time.process_time() - begin) / COUNT * 1e6


if __name__ == "__main__":
    main()
