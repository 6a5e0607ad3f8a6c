"""kill -9 at random moments of seal, restore, prune and scrub: nothing acknowledged is ever lost.

The verbs take turns. PANSHI_KILLS sets how many kills (`make vault-kills` does 200 and takes
minutes); PANSHI_KILLS_SEED the moments.
"""

import os
import random
import shutil
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest

from panshi.node.resilience.vault.pruning import prune
from panshi.node.resilience.vault.restoring import restore, verify
from panshi.node.resilience.vault.scrubbing import scrub
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import files
from panshi.resilience.vault.history import standing
from tests.node.resilience.vault.conftest import founded

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("PANSHI_KILLS", "10"))
SEED = int(os.environ.get("PANSHI_KILLS_SEED", "7"))
MANY = 100
"From so many on, every verb must have been interrupted at least once."
ACTS = ("seal", "scrub", "restore", "seal", "prune")


def act(small, what, number, its):
    """Do it in this process, and write down what was acknowledged before anybody is told."""
    with small.open() as vault:
        if what == "seal":
            _, sealed = seal(vault, files([small.source]), now=small.now, clock_is_right=True)
            with (small.root / "acknowledged").open("a") as file:
                file.write(sealed.digest + "\n")
                file.flush()
                os.fsync(file.fileno())
        elif what == "restore":
            restore(vault, its, small.root / f"out-{number}")
        elif what == "prune":
            prune(vault, now=small.now, clock_is_right=True)
        else:
            scrub(vault, now=small.now, repair=True, clock_is_right=True)


def killed(small, what, number, its, after):
    """Fork, let it work for a while, kill it; whether it had ended by itself."""
    child = os.fork()
    if not child:
        code = 1
        try:
            act(small, what, number, its)
            code = 0
        finally:
            os._exit(code)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, f"{what} failed by itself"
    return status == 0


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_nothing_acknowledged_is_lost(tmp_path):
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=5 << 20)
    dice = random.Random(SEED)
    small.seal()
    with small.open() as vault:
        its = small.keys(vault)
    usual = {}
    for what in dict.fromkeys(ACTS):
        small.now += timedelta(days=2)
        small.change(what)
        started = time.monotonic()
        act(small, what, "timed", its)
        usual[what] = time.monotonic() - started
    interrupted = Counter()
    for number in range(KILLS):
        # Given a source that goes on changing, and time that passes
        small.now += timedelta(days=2)
        small.change(number)
        what = ACTS[number % len(ACTS)]
        if what == "scrub":
            path = dice.choice(sorted((small.root / "place-1").glob("f/*/*")))
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[:-1] + b"?")
        # When the power goes at a random moment
        after = dice.random() * usual[what]
        interrupted[what] += not killed(small, what, number, its, after)
        # Then every acknowledged snapshot is in the chain, and every standing one reads whole
        with small.open() as vault:
            digests = {each.digest for each in vault.entries}
            log = small.root / "acknowledged"
            assert set(log.read_text().split() if log.exists() else ()) <= digests
            for snapshot in standing(vault.entries)[-2:]:
                verify(vault, its, snapshot=snapshot.snapshot_id())
        out = small.root / f"out-{number}"
        assert not out.exists() or (out / "core" / "nothing").exists()  # whole, or not there
        shutil.rmtree(out, ignore_errors=True)
    # And afterwards the vault goes on as if nothing had happened
    small.seal(clock_is_right=True)
    with small.open() as vault:
        vault, mended = scrub(vault, now=small.now, repair=True)  # noqa: PLW2901 -- one entry further
        assert mended.sound
        prune(vault, now=small.now)
    with small.open() as vault:
        assert scrub(vault, now=small.now)[1].stray == 0
    print(dict(interrupted))  # noqa: T201 -- which verbs the kills hit
    assert set(+interrupted) == set(ACTS) if KILLS >= MANY else interrupted.total()
