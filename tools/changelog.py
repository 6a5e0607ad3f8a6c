"""Keep CHANGELOG.md from news fragments: one small file per user-visible change.

``check`` refuses fragments with a wrong name or no text, ``draft`` prints what
the next release would say, ``release VERSION DATE`` moves it into CHANGELOG.md
and removes the fragments.  A fragment is ``changelog.d/<slug>.<kind>.md``.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

NAME = re.compile(r"(?P<slug>[a-z0-9][a-z0-9-]*)\.(?P<kind>[a-z]+)\.md")
INSERTION = "<!-- releases -->\n"
"""The line in CHANGELOG.md below which a release is written."""


class Kind(StrEnum):
    """What a change means to the reader; the order is the order of headings."""

    SECURITY = "security"
    ADDED = "added"
    CHANGED = "changed"
    FIXED = "fixed"
    REMOVED = "removed"


class FragmentError(Exception):
    """A news fragment is named wrongly or says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """One user-visible change."""

    slug: str
    """What it is about; fragments are sorted by it."""

    kind: Kind
    """Under which heading it goes."""

    text: str
    """One or two sentences for the reader of a release."""


def read(path: Path) -> Fragment:
    """Read one fragment; its name carries the kind."""
    kinds = ", ".join(Kind)
    name = NAME.fullmatch(path.name)
    if name is None or name["kind"] not in set(Kind):
        raise FragmentError(
            f"{path.name}: call it <slug>.<kind>.md, where the kind is one of {kinds}"
        )
    text = " ".join(path.read_text(encoding="utf-8").split())
    if not text:
        raise FragmentError(f"{path.name}: say in a sentence what changes for the user")
    return Fragment(slug=name["slug"], kind=Kind(name["kind"]), text=text)


def fragment_paths(root: Path) -> list[Path]:
    """List the fragments; the folder's own README is none."""
    paths = (root / "changelog.d").glob("*")
    return sorted(path for path in paths if path.name not in {"README.md", ".gitkeep"})


def render(fragments: list[Fragment]) -> str:
    """Group the changes under their headings."""
    sections = []
    for kind in Kind:
        lines = [f"- {fragment.text}" for fragment in fragments if fragment.kind is kind]
        if lines:
            sections.append(f"### {kind.title()}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(sections)


def release(root: Path, version: str, date: str) -> None:
    """Write a release into CHANGELOG.md and remove the fragments it was made of."""
    paths = fragment_paths(root)
    if not paths:
        raise FragmentError("changelog.d/ holds no fragment: there is nothing to release")
    news = f"## {version} ({date})\n\n{render([read(path) for path in paths])}"
    changelog = root / "CHANGELOG.md"
    before, line, after = changelog.read_text(encoding="utf-8").partition(INSERTION)
    if not line:
        raise FragmentError(f"CHANGELOG.md lacks the line {INSERTION.strip()}")
    changelog.write_text(f"{before}{line}\n{news}{after}", encoding="utf-8")
    for path in paths:
        path.unlink()


def parser() -> argparse.ArgumentParser:
    """Describe the three verbs."""
    top = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = top.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check", help="refuse badly named or empty fragments")
    verbs.add_parser("draft", help="print what the next release would say")
    verb = verbs.add_parser("release", help="write CHANGELOG.md and remove the fragments")
    verb.add_argument("version")
    verb.add_argument("date", help="YYYY-MM-DD")
    return top


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run one verb; 1 when a fragment is at fault."""
    chosen = parser().parse_args(arguments)
    try:
        if chosen.verb == "release":
            release(root, chosen.version, chosen.date)
        else:
            fragments = [read(path) for path in fragment_paths(root)]
            if chosen.verb == "draft":
                print(render(fragments), end="")
    except FragmentError as error:
        print(f"changelog: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
