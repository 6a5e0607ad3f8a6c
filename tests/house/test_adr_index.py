"""The index of decisions lists each page under its own title."""

import adr_index


def decision(folder, number, title):
    (folder / f"{number}-about-it.md").write_text(f"# {title}\n\nStatus: accepted\n")


def test_each_decision_is_listed_in_order_whatever_its_heading_style(tmp_path):
    decision(tmp_path, "0007", "0007 Later")
    decision(tmp_path, "0002", "0002. Earlier")
    (tmp_path / "template.md").write_text("# NNNN. The decision in one line\n")

    adr_index.main([], folder=tmp_path)

    listed = (tmp_path / "README.md").read_text().splitlines()[-2:]
    assert listed == [
        "* [0002](0002-about-it.md) Earlier",
        "* [0007](0007-about-it.md) Later",
    ]


def test_a_new_decision_makes_the_index_stale(tmp_path, capsys):
    adr_index.main([], folder=tmp_path)
    assert adr_index.main(["--check"], folder=tmp_path) == 0

    decision(tmp_path, "0001", "0001. New")

    assert adr_index.main(["--check"], folder=tmp_path) == 1
    assert "make docs" in capsys.readouterr().err
