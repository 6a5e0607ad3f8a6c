"""News fragments become a release, once."""

import changelog
import pytest


@pytest.fixture
def house(tmp_path):
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog.INSERTION}")
    return tmp_path


def fragment(house, name, text="Something the user sees."):
    (house / "changelog.d" / name).write_text(text)


def test_a_release_takes_the_fragments_and_removes_them(house):
    # Given two changes of different kinds
    fragment(house, "evidence-bar.added.md", "The evidence bar\nshows unknown as hatched.\n")
    fragment(house, "leak.security.md", "Proofs no longer carry bodies.")

    # When a release is cut
    code = changelog.main(["release", "0.2.0", "2026-12-01"], root=house)

    # Then the changelog tells both, security first, and no fragment is left
    text = (house / "CHANGELOG.md").read_text()
    assert code == 0
    assert "## 0.2.0 (2026-12-01)" in text
    assert text.index("### Security") < text.index("### Added")
    assert "- The evidence bar shows unknown as hatched.\n" in text
    assert not list((house / "changelog.d").iterdir())


def test_the_newest_release_stands_first(house):
    for version in ("0.1.0", "0.2.0"):
        fragment(house, "change.changed.md")
        changelog.main(["release", version, "2026-12-01"], root=house)

    text = (house / "CHANGELOG.md").read_text()
    assert text.index("## 0.2.0") < text.index("## 0.1.0")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("evidence-bar.md", "No kind."),
        ("evidence-bar.improved.md", "No such kind."),
        ("Evidence Bar.added.md", "No such slug."),
        ("empty.added.md", " \n"),
    ],
)
def test_a_faulty_fragment_is_refused_by_name(house, capsys, name, text):
    fragment(house, name, text)

    assert changelog.main(["check"], root=house) == 1
    assert name in capsys.readouterr().err


def test_a_release_of_nothing_is_refused(house, capsys):
    assert changelog.main(["release", "0.2.0", "2026-12-01"], root=house) == 1
    assert "nothing to release" in capsys.readouterr().err
