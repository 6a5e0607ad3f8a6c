"""The vault beside restic and borg: the same mixed set, sealed, changed by 2 %, restored.

All are called as a user calls them, start-up included. Ours is dispersed 4-of-6 to six
directories, synchronised before it is acknowledged; the peers keep one repository on the same disk
and synchronise their packs as they do. `stored` is what a snapshot added before dispersal (ours) or
to the repository (theirs). Wall time, CPU time and the largest resident set are the process's own;
the disk is brought to rest before each step. What a plain durable copy takes stands beside.

    python bench/vault.py [--json] [--scale 0.05] [--into DIR]

`--scale 1` is the full set of about 1 GiB; it needs some 7 GiB of disk and some five quiet minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
MOST_RSS = 300 << 20
STORED_WITHIN = 1.05
COPY = "cp + sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measured step."""

    tool: str
    step: str
    wall: float
    cpu: float
    rss: int
    stored: int = 0


def measured(
    tool: str, step: str, command: list[str], env: Mapping[str, str] | None = None
) -> tuple[Run, str]:
    """Run a command and measure it alone."""
    os.sync()
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command, stdout=out, stderr=err, env={**os.environ, **(env or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        text = out.read().decode()
        if process.returncode:
            raise SystemExit(f"{tool} {step} failed: {err.read().decode()[-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    return Run(tool=tool, step=step, wall=wall, cpu=cpu, rss=used.ru_maxrss << 10), text


def size(path: Path) -> int:
    """Bytes below a folder."""
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())


def same(one: Path, other: Path) -> None:
    """See that what came back is what went in."""
    command = ["diff", "-r", str(one), str(other)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise SystemExit(f"{other} differs from {one}")


class Ours:
    """The vault."""

    name = "vault 4-of-6"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._env = {"PANSHI_HOME": str(root / "home")}
        self._call("init", "init", range(6), "--k", "4", "--shares-into", str(root / "shares"))

    def _call(self, step: str, verb: str, places: Iterable[int], *rest: str) -> tuple[Run, str]:
        command = [sys.executable, "-m", "panshi", "vault", verb, *rest]
        command += ["--places", *(str(self._root / f"place-{n}") for n in places)]
        return measured(self.name, step, command, self._env)

    def backup(self, step: str, source: Path) -> Run:
        """Seal."""
        run, text = self._call(step, "seal", range(6), str(source), "--json")
        return _stored(run, json.loads(text)["stored_bytes"])

    def restore(
        self, into: Path, step: str = "restore", places: Iterable[int] = range(6)
    ) -> tuple[Run, Path]:
        """Restore, by default from all places."""
        shares = [str(self._root / "shares" / f"share-{n}.txt") for n in (1, 2, 3)]
        run, _ = self._call(step, "restore", places, "--shares", *shares, "--into", str(into))
        return run, into / "set"

    def restore_without(self, into: Path) -> tuple[Run, Path]:
        """Restore with two places lost, so that every segment is solved for."""
        return self.restore(into, "restore, 2 of 6 lost", (0, 3, 4, 5))


class Restic:
    """restic, automatic compression."""

    name = "restic"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._env = {
            "RESTIC_REPOSITORY": str(root / "repository"),
            "RESTIC_PASSWORD": "bench",
            "RESTIC_CACHE_DIR": str(root / "cache"),
        }
        measured(self.name, "init", ["restic", "init", "--repository-version", "2"], self._env)

    def backup(self, step: str, source: Path) -> Run:
        """Back up."""
        before = size(self._root / "repository")
        command = ["restic", "backup", "--quiet", str(source)]
        run, _ = measured(self.name, step, command, self._env)
        return _stored(run, size(self._root / "repository") - before)

    def restore(self, into: Path, source: Path) -> tuple[Run, Path]:
        """Restore."""
        command = ["restic", "restore", "latest", "--target", str(into)]
        run, _ = measured(self.name, "restore", command, self._env)
        return run, into / source.relative_to("/")


class Borg:
    """borg, zstd level 1."""

    name = "borg zstd,1"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._archive = 0
        self._env = {
            "BORG_REPO": str(root / "repository"),
            "BORG_PASSPHRASE": "bench",
            "BORG_BASE_DIR": str(root / "base"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        measured(self.name, "init", ["borg", "init", "--encryption", "repokey-blake2"], self._env)

    def backup(self, step: str, source: Path) -> Run:
        """Back up."""
        before = size(self._root / "repository")
        self._archive += 1
        command = ["borg", "create", "--compression", "zstd,1", f"::{self._archive}", str(source)]
        run, _ = measured(self.name, step, command, self._env)
        return _stored(run, size(self._root / "repository") - before)

    def restore(self, into: Path, source: Path) -> tuple[Run, Path]:
        """Extract."""
        into.mkdir()
        script = f'cd "{into}" && exec borg extract ::{self._archive}'
        run, _ = measured(self.name, "restore", ["sh", "-c", script], self._env)
        return run, into / source.relative_to("/")


def _stored(run: Run, stored: int) -> Run:
    return Run(**{**asdict(run), "stored": stored})


def bench(root: Path, scale: float) -> list[Run]:
    """Run everything on the same bytes, one after another."""
    source = root / "set"
    _made("first_day", source, scale)
    runs = [_copied(root, source)]
    tools: list[Ours | Restic | Borg] = []
    for make, program in ((Ours, "python3"), (Restic, "restic"), (Borg, "borg")):
        folder = root / f"tool-{len(tools)}"
        folder.mkdir()
        if shutil.which(program):
            tools.append(make(folder))
    runs += [tool.backup("first", source) for tool in tools]
    _made("second_day", source, scale)
    runs += [tool.backup("after 2 %", source) for tool in tools]
    runs += [tool.backup("unchanged", source) for tool in tools]
    into = root / "out"
    for tool in tools:
        run, there = tool.restore(into) if isinstance(tool, Ours) else tool.restore(into, source)
        same(source, there)
        runs.append(run)
        shutil.rmtree(into)
    for tool in tools:
        if isinstance(tool, Ours):
            run, there = tool.restore_without(into)
            same(source, there)
            runs.append(run)
            shutil.rmtree(into)
    return runs


def _made(day: str, source: Path, scale: float) -> None:
    """Make or change the set, in a process of its own: its memory is inherited by no tool."""
    code = (
        f"import _vault_work as work, pathlib; work.{day}(pathlib.Path({str(source)!r}), {scale})"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE)


def _copied(root: Path, source: Path) -> Run:
    """Measure what the disk allows: one plain copy, made durable at once."""
    into = root / "copy"
    script = f'cp -r "{source}" "{into}" && sync -f "{into}"'
    run, _ = measured(COPY, "first", ["sh", "-c", script])
    shutil.rmtree(into)
    return _stored(run, size(source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target: what it asks, what was measured, whether it is met."""

    target: str
    ours: str
    bound: str
    met: bool


def verdicts(runs: list[Run]) -> list[Verdict]:
    """Hold ours against the better of the peers."""
    found = []
    for step in ("first", "after 2 %", "restore"):
        ours = next(each for each in runs if each.tool == Ours.name and each.step == step)
        peers = [each for each in runs if each.step == step and each.tool not in {Ours.name, COPY}]
        if not peers:
            continue
        best = min(peers, key=lambda each: each.wall)
        found.append(
            Verdict(
                target=f"{step}: wall time no worse than the better peer",
                ours=f"{ours.wall:.2f} s",
                bound=f"{best.wall:.2f} s ({best.tool})",
                met=ours.wall <= best.wall,
            )
        )
        if ours.stored:
            least = min(peers, key=lambda each: each.stored)
            found.append(
                Verdict(
                    target=f"{step}: stored before dispersal within 5 %",
                    ours=f"{ours.stored / 1e6:.1f} MB",
                    bound=f"{STORED_WITHIN * least.stored / 1e6:.1f} MB ({least.tool})",
                    met=ours.stored <= STORED_WITHIN * least.stored,
                )
            )
    largest = max(each.rss for each in runs if each.tool == Ours.name)
    found.append(
        Verdict(
            target="largest resident set",
            ours=f"{largest >> 20} MiB",
            bound=f"{MOST_RSS >> 20} MiB",
            met=largest <= MOST_RSS,
        )
    )
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--into", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.into) as folder:
        runs = bench(Path(folder).resolve(), args.scale)
    found = verdicts(runs)
    if args.json:
        told = {"runs": [asdict(each) for each in runs], "verdicts": [asdict(v) for v in found]}
        print(json.dumps(told))
        return
    print(f"scale {args.scale}, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} CPUs, {_cpu()}")
    print(f"{'tool':16}{'step':22}{'wall s':>8}{'CPU s':>8}{'RSS MiB':>9}{'stored MB':>11}")
    for each in runs:
        print(
            f"{each.tool:16}{each.step:22}{each.wall:8.2f}{each.cpu:8.2f}"
            f"{each.rss >> 20:9}{each.stored / 1e6:11.1f}"
        )
    disk = next(each for each in runs if each.tool == COPY)
    rate = disk.stored / disk.wall
    print(f"\nthe disk: a durable copy at {rate / 1e6:.0f} MB/s; 1.5 times the stored bytes of the")
    print(
        f"first seal take {1.5 * _first(runs).stored / rate:.1f} s of its {_first(runs).wall:.1f} s"
    )
    print(f"\n{'target':50}{'ours':>12}  bound")
    for one in found:
        print(f"{one.target:50}{one.ours:>12}  {one.bound}: {'met' if one.met else 'MISSED'}")


def _first(runs: list[Run]) -> Run:
    return next(each for each in runs if each.tool == Ours.name and each.step == "first")


def _cpu() -> str:
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    return " ".join(name for name in ("sha_ni", "vaes", "gfni", "avx512f") if name in flags)


if __name__ == "__main__":
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    main()
