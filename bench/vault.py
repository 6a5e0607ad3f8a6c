"""The vault beside restic and borg: the same mixed set, sealed, changed by 2 %, restored.

Ours is dispersed 4-of-6 to six directories, synchronised before it is acknowledged; the peers keep
one repository on the same disk and synchronise their packs as they do. `stored` is what a snapshot
added before dispersal (ours) or to the repository (theirs). Wall time, CPU time and the largest
resident set are the process's own. What a plain copy with fsync takes on this disk stands beside.

    python bench/vault.py [--json] [--scale 0.05] [--into DIR] [--keep]

`--scale 1` is the full set of about 1 GiB and needs some 8 GiB of disk.
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
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from _vault_work import first_day, second_day

HERE = Path(__file__).parent
MOST_RSS = 300 << 20
STORED_WITHIN = 1.05


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
        self._call("found", "found")

    def _call(self, step: str, *rest: str) -> tuple[Run, str]:
        command = [
            sys.executable,
            str(HERE / "_vault_ours.py"),
            rest[0],
            str(self._root),
            *rest[1:],
        ]
        return measured(self.name, step, command)

    def backup(self, step: str, source: Path) -> Run:
        """Seal."""
        run, text = self._call(step, "seal", str(source))
        return _stored(run, int(text))

    def restore(self, into: Path) -> tuple[Run, Path]:
        """Restore from all places."""
        return self._call("restore", "restore", str(into))[0], into / "set"

    def restore_without(self, into: Path) -> tuple[Run, Path]:
        """Restore with two places withheld."""
        run, _ = self._call("restore, 2 of 6 lost", "restore", str(into), "1", "2")
        return run, into / "set"


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
    """borg, zstd level 1 or 3."""

    def __init__(self, root: Path, level: int) -> None:
        self.name = f"borg zstd,{level}"
        self._level = level
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
        compression = ["--compression", f"zstd,{self._level}"]
        command = ["borg", "create", *compression, f"::{self._archive}", str(source)]
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
    first_day(source, scale)
    runs = [_copied(root, source)]
    tools: list[Ours | Restic | Borg] = []
    for make in (Ours, Restic, lambda at: Borg(at, 1), lambda at: Borg(at, 3)):
        folder = root / f"tool-{len(tools)}"
        folder.mkdir()
        program = {Ours: "python", Restic: "restic"}.get(make, "borg")  # type: ignore[call-overload]
        if program == "python" or shutil.which(program):
            tools.append(make(folder))
    runs += [tool.backup("first", source) for tool in tools]
    second_day(source, scale)
    runs += [tool.backup("after 2 %", source) for tool in tools]
    runs += [tool.backup("unchanged", source) for tool in tools]
    for number, tool in enumerate(tools):
        into = root / f"out-{number}"
        run, there = tool.restore(into) if isinstance(tool, Ours) else tool.restore(into, source)
        same(source, there)
        runs.append(run)
        shutil.rmtree(into)
        if isinstance(tool, Ours):
            run, there = tool.restore_without(into)
            same(source, there)
            runs.append(run)
            shutil.rmtree(into)
    return runs


def _copied(root: Path, source: Path) -> Run:
    """Measure what the disk allows: one plain copy, synchronised."""
    into = root / "copy"
    script = f'cp -r "{source}" "{into}" && find "{into}" -type f -exec sync {{}} +'
    run, _ = measured("cp + fsync", "first", ["sh", "-c", script])
    shutil.rmtree(into)
    return _stored(run, size(source))


def verdicts(runs: list[Run]) -> list[str]:
    """Hold ours against the better of the peers."""
    found = []
    for step in ("first", "after 2 %", "restore"):
        ours = next(each for each in runs if each.tool == Ours.name and each.step == step)
        peers = [
            each for each in runs if each.step == step and each.tool.startswith(("restic", "borg"))
        ]
        if not peers:
            continue
        best = min(each.wall for each in peers)
        word = "met" if ours.wall <= best else "missed"
        found.append(f"{step}: wall {ours.wall:.2f} s against {best:.2f} s: {word}")
        if ours.stored:
            least = min(each.stored for each in peers)
            word = "met" if ours.stored <= STORED_WITHIN * least else "missed"
            found.append(f"{step}: stored {ours.stored / least:.3f} of the least: {word}")
    largest = max(each.rss for each in runs if each.tool == Ours.name)
    word = "met" if largest <= MOST_RSS else "missed"
    found.append(f"largest resident set {largest >> 20} MiB: {word}")
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
    if args.json:
        print(json.dumps({"runs": [asdict(each) for each in runs], "verdicts": verdicts(runs)}))
        return
    load = os.getloadavg()[0]
    print(f"scale {args.scale}, load {load:.1f}, {os.cpu_count()} CPUs, {_cpu()}")
    print(f"{'tool':16}{'step':22}{'wall s':>8}{'CPU s':>8}{'RSS MiB':>9}{'stored MB':>11}")
    for each in runs:
        print(
            f"{each.tool:16}{each.step:22}{each.wall:8.2f}{each.cpu:8.2f}"
            f"{each.rss >> 20:9}{each.stored / 1e6:11.1f}"
        )
    print("\n".join(verdicts(runs)))


def _cpu() -> str:
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    return " ".join(name for name in ("sha_ni", "vaes", "gfni", "avx512f") if name in flags)


if __name__ == "__main__":
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    main()
