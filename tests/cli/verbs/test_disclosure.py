"""`panshi disclosure` on a hub's home: a case from report to publication, and what is refused."""

import json
from datetime import UTC, datetime

import pytest

from panshi.cli.main import main
from panshi.node.alliance.disclosure import exposures
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, prepared

TOLD = ("report", "--headline", "登入頁面 XSS", "--text", "user 欄位", "--reporter", "A Researcher")
KEY = "bank-017|www.bank.example:443"
DRAFT = """
headline: 登入頁面跨站指令碼
summary: 登入頁面未過濾輸入。
vendor: Demo Software
product: eBank Login
affected_version: 4.1.0
fixed_version: 4.1.1
remediation: 請更新至 4.1.1。
cvss: CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N
cwe: CWE-79
cwe_name: "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"
language: zh-TW
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A hub with one member; whoever acts is lin.wei until a test says otherwise."""
    place = tmp_path / "hub"
    monkeypatch.setenv("PANSHI_HOME", str(place))
    monkeypatch.setenv("LOGNAME", "lin.wei")
    with Node.open(Home(path=place)) as node:
        prepared(node)
        member_of(node, "bank-017")
    return tmp_path


@pytest.fixture
def channel(capsys):
    code, told = answer(
        capsys, "channel", "open", "--url", "https://f-isac.example", "--name", "Demo F-ISAC",
        "--contact", "mailto:report@f-isac.example",
    )  # fmt: skip
    assert code == 0
    return told


@pytest.fixture
def number(capsys, channel):
    assert channel["accepting"]
    return answer(capsys, *TOLD)[1]["number"]


def answer(capsys, *arguments):
    code = main(["disclosure", *arguments, "--json", "--lang", "en"])
    told = capsys.readouterr().out
    return code, json.loads(told) if told else None


def said(capsys, *arguments):
    code = main(["disclosure", *arguments, "--lang", "en"])
    return code, capsys.readouterr().out


def test_the_channel_is_opened_shown_and_closed(capsys, channel):
    assert "Contact: mailto:report@f-isac.example" in channel["security_text"]
    assert said(capsys, "channel")[1].startswith("Open; security.txt expires on")
    assert answer(capsys, "channel", "close")[0] == 0
    assert "No reports from outside" in said(capsys, "channel")[1]
    assert answer(capsys, *TOLD)[0] == 2


def test_a_channel_without_address_or_over_plain_http_is_not_opened(capsys):
    assert answer(capsys, "channel", "open")[0] == 2
    plain = ("--url", "http://f-isac.example", "--name", "x", "--contact", "mailto:a@b.example")
    assert answer(capsys, "channel", "open", *plain)[0] in {2, 3}
    assert answer(capsys, "channel")[1] is None


def test_a_case_is_taken_to_publication_by_two_people(capsys, monkeypatch, home, number):
    # Given a case that one analyst validated, answered, fixed and wrote the advisory of
    assert answer(capsys, "list")[1]["cases"][0]["state"] == "received"
    assert answer(capsys, "take", "validate", number)[1]["case"]["state"] == "validated"
    assert answer(capsys, "answer", number, "收到。")[0] == 0
    today = datetime.now(UTC).date().isoformat()
    assert answer(capsys, "take", "fix", number, "--day", today)[0] == 0
    file = home / "advisory.yaml"
    file.write_text(DRAFT, encoding="utf-8")
    code, drafted = answer(capsys, "draft", number, str(file))
    assert (code, drafted["csaf"]["document"]["csaf_version"]) == (0, "2.1")
    # When she publishes it herself it is refused; when another does, it is out and exported
    assert answer(capsys, "take", "publish", number)[0] == 4
    monkeypatch.setenv("LOGNAME", "chen.yiru")
    assert answer(capsys, "take", "publish", number)[1]["case"]["state"] == "published"
    text = said(capsys, "show", number)[1]
    assert "chen.yiru" in text
    assert "收到。" in text
    out = home / "csaf"
    assert answer(capsys, "export", "--out", str(out))[0] == 0
    assert [each.name for each in out.rglob("f-isac-*.json")]


def test_what_does_not_fit_is_refused_and_nothing_is_noted(capsys, home, number):
    before = answer(capsys, "show", number)[1]
    long, wrong = home / "long.yaml", home / "wrong.yaml"
    long.write_bytes(b"a" * (256 * 1024 + 1))
    wrong.write_text("headline: [", encoding="utf-8")
    for arguments, code in (
        (("take", "publish", number), 2),
        (("take", "fix", number), 2),
        (("take", "forward", number, "--member", "nobody"), 2),
        (("take", "validate", "VD-1999-001"), 2),
        (("answer", number, " "), 3),
        (("draft", number, str(long)), 3),
        (("draft", number, str(wrong)), 3),
        (("draft", number, str(home / "none.yaml")), 3),
        (("show", "VD-1999-001"), 2),
    ):
        assert answer(capsys, *arguments)[0] == code, arguments
    assert answer(capsys, "show", number)[1] == before


def test_nothing_is_overdue_on_the_first_day(capsys, number):
    assert answer(capsys, "list", "--overdue") == (0, {"cases": []})
    assert "1 cases, 0 overdue" in said(capsys, "list")[1]
    assert number in said(capsys, "list", "--state", "received")[1]


def test_an_address_is_looked_at_only_when_proven_and_approved_by_another(capsys, monkeypatch):
    # Given an address a member declared
    code, told = answer(capsys, "exposure", "declare", "bank-017", "www.bank.example")
    (one,) = told["addresses"]
    assert (code, one["key"], one["state"]) == (0, KEY, "declared")
    # Then it is not looked at, nor is it proven without its token, nor approved unproven
    assert answer(capsys, "exposure", "check", KEY)[0] == 4
    monkeypatch.setattr(exposures, "texts_of", lambda _host: ())
    assert answer(capsys, "exposure", "prove", KEY)[0] == 2
    assert answer(capsys, "exposure", "approve", KEY)[0] == 2
    # When the token stands there, another person approves it
    monkeypatch.setattr(exposures, "texts_of", lambda _host: (one["token"],))
    assert answer(capsys, "exposure", "prove", KEY)[0] == 0
    assert answer(capsys, "exposure", "approve", KEY)[0] == 4
    monkeypatch.setenv("LOGNAME", "chen.yiru")
    assert answer(capsys, "exposure", "approve", KEY)[1]["addresses"][0]["state"] == "approved"
    assert "approved" in said(capsys, "exposure", "list", "--member", "bank-017")[1]
    assert answer(capsys, "exposure", "withdraw", KEY)[1]["addresses"][0]["state"] == "withdrawn"


@pytest.mark.parametrize(
    "arguments",
    [
        ("declare", "bank-017", "127.0.0.1"),
        ("declare", "bank-017", "intranet.local"),
        ("declare", "bank-017", "www.bank.example", "--port", "22"),
        ("declare", "nobody", "www.bank.example"),
        ("check", "bank-017|nowhere.example:443"),
    ],
)
def test_what_is_inside_or_nobodys_is_not_declared(capsys, arguments):
    assert answer(capsys, "exposure", *arguments)[0] in {2, 3}
    assert answer(capsys, "exposure", "run")[1] == {"addresses": [], "failed": []}
