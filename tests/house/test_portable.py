"""The repository works anywhere: it names no one machine's paths and no registry's address."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = [f"/{folder}/" for folder in ("work", "root")]
REGISTRIES = [
    f"{name}.{domain}"
    for name, domain in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("debian", "org"),
        ("debian", "com"),
    )
]
FORBIDDEN = re.compile(
    b"|".join(
        [
            rb"(?<![\w.*\]}-])(?:" + b"|".join(path.encode() for path in MACHINE_PATHS) + rb")",
            rb"\b(?:" + b"|".join(re.escape(host).encode() for host in REGISTRIES) + rb")\b",
        ]
    )
)


def tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout: nothing is tracked here")
    listed = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_machine_path_or_a_registry():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {hit[0].decode()}"
        for path in tracked()
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if (hit := FORBIDDEN.search(line))
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", [f"cd {MACHINE_PATHS[0]}main", f"https://{REGISTRIES[0]}/simple"])
def test_the_rule_sees_both_kinds(text):
    assert FORBIDDEN.search(text.encode())
