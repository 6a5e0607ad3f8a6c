"""`panshi sbom match` at the terminal: answers, the gate, SARIF, bad files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from panshi.cli.main import main
from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange, KnownExploited
from panshi.node.supply_chain.advisories import open_advisories

NOW = datetime(2026, 9, 1, tzinfo=UTC)
HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"


def record(name: str, ecosystem: str, package: str, fixed: str, **more: Any) -> Advisory:
    span = AffectedRange("ECOSYSTEM", (("introduced", "0"), ("fixed", fixed)))
    affected = (Affected(ecosystem, package, ranges=(span,)),)
    return Advisory(id=name, summary=f"about {package}", affected=affected, **more)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    monkeypatch.setenv("PANSHI_HOME", str(place))
    with open_advisories(place) as store:
        store.apply(
            [
                record("PYSEC-1", "PyPI", "jinja2", "3.1.4", aliases=("CVE-2026-1111",),
                       severity=(("CVSS_V3", HIGH),)),
                record("PYSEC-2", "PyPI", "requests", "2.31.0", aliases=("CVE-2026-2222",)),
                record("DSA-2", "Debian:12", "requests", "2.20-1", aliases=("CVE-2026-2222",)),
            ],
            feed="osv",
            at=NOW,
        )  # fmt: skip
        store.put_kev([KnownExploited("CVE-2026-1111", date(2026, 9, 1))], NOW)
    return place


def bill(tmp_path: Path, *purls: str) -> str:
    components = [
        {"type": "library", "name": purl.partition("@")[0].rpartition("/")[2], "purl": purl,
         "version": purl.partition("@")[2].partition("?")[0]}
        for purl in purls
    ]  # fmt: skip
    components.append({"type": "file", "name": "notes.txt", "purl": "", "version": ""})
    path = tmp_path / f"bom-{abs(hash(purls))}.json"
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    path.write_text(json.dumps(whole))
    return str(path)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("home")
def test_one_object_a_file_and_nothing_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a bill, a file that is none, and another bill
    first = bill(tmp_path, "pkg:pypi/Jinja2@3.1.3", "pkg:npm/left-pad@1.0.0", "pkg:pypi/jinja2")
    bad = tmp_path / "bad.json"
    bad.write_text('{"hello": ')
    # When all are matched
    assert main(["sbom", "match", first, str(bad), bill(tmp_path), "--json"]) == 3
    # Then each file has its object, the bad one names its problem and costs no other
    one, two, three = lines(capsys)
    assert one["file"] == first
    assert (one["components"], one["unreadable"]) == (4, 0)
    assert one["unjudged"] == {"no_advisories:npm": 1, "no_purl": 1}
    told = ("purl", "vulnerability", "aliases", "status", "kev")
    assert [tuple(each[name] for name in told) for each in one["findings"]] == [
        ("pkg:pypi/Jinja2@3.1.3", "CVE-2026-1111", ["PYSEC-1"], "affected", True),
        ("pkg:pypi/jinja2", "CVE-2026-1111", ["PYSEC-1"], "unknown", True),
    ]  # fmt: skip
    assert "introduced 0, fixed 3.1.4" in one["findings"][0]["why"]
    assert one["findings"][0]["fixed"] == ["3.1.4"]
    assert two["error"]["problem"]
    assert three["findings"] == []


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("version", "flags", "code"),
    [
        ("3.1.3", ["--gate"], 1),
        ("3.1.4", ["--gate"], 0),
        ("3.1.3", [], 0),
        ("3.1.3", ["--fail-on", "kev"], 1),
        ("3.1.3", ["--fail-on", "high"], 1),
        ("3.1.3", ["--fail-on", "critical,kev"], 1),
        ("", ["--gate"], 1),
        ("", ["--gate", "--allow-unknown"], 0),
        ("3.1.3", ["--fail-on", "everything"], 2),
    ],
)
def test_the_gate(tmp_path: Path, version: str, flags: list[str], code: int) -> None:
    purl = f"pkg:pypi/jinja2@{version}" if version else "pkg:pypi/jinja2"
    assert main(["sbom", "match", bill(tmp_path, purl), *flags]) == code


@pytest.mark.usefixtures("home")
def test_severity_that_nobody_named_stops_too(tmp_path: Path) -> None:
    requests = bill(tmp_path, "pkg:pypi/requests@2.30.0")
    assert main(["sbom", "match", requests, "--fail-on", "critical"]) == 1
    assert main(["sbom", "match", requests, "--fail-on", "kev"]) == 0
    jinja = bill(tmp_path, "pkg:pypi/jinja2@3.1.3")
    assert main(["sbom", "match", jinja, "--fail-on", "critical"]) == 1  # 9.1


@pytest.mark.usefixtures("home")
def test_a_distribution_answers_for_what_it_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given requests as Debian ships it, seen twice by the scanner
    debian = "pkg:deb/debian/python3-requests@2.28.1%2Bdfsg-1?distro={}&upstream=requests"
    for distro, expected in (("debian-12", "not_affected"), ("debian-11", "affected")):
        document = tmp_path / f"{distro}.json"
        components = [
            {"type": "library", "name": "python3-requests", "version": "2.28.1+dfsg-1",
             "purl": debian.format(distro)},
            {"type": "library", "name": "requests", "version": "2.28.1",
             "purl": "pkg:pypi/requests@2.28.1"},
        ]  # fmt: skip
        whole = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
        document.write_text(json.dumps(whole))
        assert main(["sbom", "match", str(document), "--json"]) == 0
        # Then it counts only where that release's advisories are here
        [answer] = lines(capsys)
        [finding] = [each for each in answer["findings"] if "pypi" in each["purl"]]
        assert finding["status"] == expected


@pytest.mark.usefixtures("home")
def test_sarif_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.sarif"
    main(["sbom", "match", bill(tmp_path, "pkg:pypi/jinja2@3.1.3"), "--sarif", str(out)])
    run = json.loads(out.read_text())["runs"][0]
    [result] = run["results"]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][0]["id"] == "CVE-2026-1111"
    assert result["level"] == "error"
    assert "3.1.4" in result["message"]["text"]
    assert run["tool"]["driver"]["rules"][0]["properties"]["security-severity"] == "9.1"


@pytest.mark.usefixtures("home")
def test_people_are_told_in_their_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["sbom", "match", bill(tmp_path, "pkg:pypi/jinja2@3.1.3"), "--lang", "zh"])
    said = capsys.readouterr().out
    assert "1 項受影響、0 項無法判定；1 個元件無從判斷" in said
    assert "受影響  3.1.4" in said


def test_without_advisories_nothing_is_said_to_be_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "empty"))
    assert main(["sbom", "match", bill(tmp_path, "pkg:pypi/jinja2@3.1.3")]) == 4
    assert "no advisories have been imported" in capsys.readouterr().err
