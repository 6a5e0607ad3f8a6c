"""The linter: silent on what is shipped, and loud on every single fault put into it."""

# ruff: noqa: E501 -- a fault and the words it replaces stand on one line

from __future__ import annotations

import pytest

from panshi.governance.frameworks.issue import Rule
from panshi.governance.frameworks.lint import lint_files
from panshi.governance.frameworks.lint_texts import faults_in_chinese
from panshi.store import library

ZT, BP, AP, EM = (
    f"frameworks/{name}.yaml" for name in ("zt36", "blueprint", "actionplan", "emerging")
)
CROSS = "crosswalks/zt36-emerging.yaml"


def lint_with(changes: dict[str, tuple[str, str]]):
    """Lint the shipped content with texts replaced once per file."""

    def changed(name: str, raw: bytes) -> tuple[str, bytes]:
        old, new = changes.get(name, ("", ""))
        text = raw.decode()
        assert old in text, f"{old!r} does not stand in {name}"
        return name, (text.replace(old, new, 1) if old else text).encode()

    return lint_files(
        [changed(*each) for each in library.frameworks()],
        [changed(*each) for each in library.mappings()],
        library.parameters(),
        library.documents(),
    )


def test_the_shipped_content_has_no_issue():
    issues = lint_with({})
    assert [str(issue) for issue in issues] == []


FAULTS = [
    (ZT, "observation: account.authenticators/1", "observation: account.authenticator/1", Rule.UNKNOWN_KIND),
    (ZT, "{field: factors, at_least: 2}", "{field: factor, at_least: 2}", Rule.UNKNOWN_FIELD),
    (ZT, "{field: factors, at_least: 2}", "{field: factors, contains: x}", Rule.MISFIT),
    (ZT, "{field: mapped, is: true}", "{field: mapped, is: 1}", Rule.MISFIT),
    (ZT, "{not: {field: enabled, is: false}}", "{not: {field: active, is: false}}", Rule.UNKNOWN_FIELD),
    (ZT, "{field: external, is: true}", "{field: external, at_least: 1}", Rule.MISFIT),
    (ZT, "kind: dataset, where: {not: {field: sensitive", "kind: dataset, where: {not: {field: secret", Rule.UNKNOWN_FIELD),
    (ZT, "{relation: holds, kind: dataset, where", "{relation: holds, where", Rule.UNKNOWN_KIND),
    (ZT, "one_of: [PaaS, SaaS]", "one_of: [PaaS, XaaS]", Rule.MISFIT),
    (ZT, "cloud: [IaaS, PaaS, SaaS]", "cloud: [IaaS, XaaS]", Rule.MISFIT),
    (ZT, "passes: {field: factors, at_least: 2}", "passes: {field: factors, at_least: 0}", Rule.FAIL_OPEN),
    (ZT, "{field: finished, within_days: 7}", "{field: finished, within_days: 6}", Rule.OUTLIVED),
    (ZT, "about: {field: layer, is: identity}", "about: {field: tier, is: identity}", Rule.UNKNOWN_FIELD),
    (ZT, "{observation: device.response/1}", "{observation: device.posture/1}", Rule.NO_TEST),
    (ZT, "{observation: device.response/1}", "{observation: device.reply/1}", Rule.UNKNOWN_KIND),
    (ZT, "{observation: detection.replay/1, when: {field: layer", "{observation: detection.replay/1, when: {field: level", Rule.UNKNOWN_FIELD),
    (ZT, "group: identity", "group: identities", Rule.UNKNOWN_REFERENCE),
    (ZT, "    stage: 1\n", "    stage: 2\n", Rule.COUNT),
    (ZT, "    stage: 1\n", "    stage: 5\n", Rule.STAGE),
    (ZT, "    stage: 1\n", "", Rule.STAGE),
    (BP, "framework: blueprint", "framework: zt36", Rule.DUPLICATE),
    (ZT, "zh: 登入至少要用兩種", "zh: 登入，至少要用两種", Rule.SIMPLIFIED),
    (ZT, "不同類型的驗證因子，", "不同類型的驗證因子,", Rule.PUNCTUATION),
    (ZT, "（113 年 7 月 15 日）", "（113 年 7 月 15 日", Rule.PUNCTUATION),
    (ZT, "zh: 身分, en: Identity", "zh: 身分(一), en: Identity", Rule.PUNCTUATION),
    (ZT, "opens nothing.", "opens nothing", Rule.TEXT),
    (ZT, "opens nothing.", "opens nothing 密碼.", Rule.TEXT),
    (ZT, "zh: 登入至少要用兩種不同類型的驗證因子，即使密碼被猜中或側錄，也不足以冒用帳號。", "zh: Two factors。", Rule.TEXT),
    (ZT, "{field: phishing_resistant, is: true}", "", Rule.UNREADABLE),
    (BP, "parent: governance", "parent: government", Rule.UNKNOWN_REFERENCE),
    (BP, "- {id: governance,", "- {id: governance, parent: work-1,", Rule.CYCLE),
    (BP, "{id: work-2, parent", "{id: work-1, parent", Rule.DUPLICATE),
    (BP, "made_of: [zt36/1-1,", "made_of: [zt36/9-9,", Rule.UNKNOWN_REFERENCE),
    (BP, "made_of: [zt36/1-1,", "made_of: [blueprint/BP-10,", Rule.CYCLE),
    (BP, "made_of: [zt36/1-1,", "made_of: [zt36/1-3,", Rule.DUPLICATE),
    (BP, "made_of: [zt36/1-1,", "made_of: [blueprint/BP-09,", Rule.JUDGEMENT),
    (BP, "    machine: semi\n", "    machine: semi\n    stage: 1\n", Rule.STAGE),
    (BP, "    machine: semi\n", "    machine: semi\n    parent: BP-99\n", Rule.UNKNOWN_REFERENCE),
    (BP, "    machine: semi\n", "    machine: semi\n    parent: BP-01\n", Rule.CYCLE),
    (BP, "group: work-3", "group: work-2", Rule.COUNT),
    (AP, "    inferred: true\n", "", Rule.COUNT),
    (AP, "    parent: AP2-1-1-1\n", "", Rule.COUNT),
    (EM, "    strength: 宜\n", "    strength: 應\n", Rule.COUNT),
    (EM, "    strength: 得\n", "    strength: 得\n    machine: semi\n", Rule.JUDGEMENT),
    (EM, "    machine: semi\n    notes: {zh: 標題為", "    notes: {zh: 標題為", None),
    (CROSS, 'target: "emerging/35.1"', 'target: "emerging/35.9"', Rule.UNKNOWN_REFERENCE),
    (CROSS, 'target: "emerging/35.1"', 'target: "emerging/8.2(3)"', Rule.DUPLICATE),
    (CROSS, "relation: intersects-with", "relation: same-as", Rule.UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "rule"), FAULTS)
def test_every_fault_is_caught_where_it_stands(name, old, new, rule):
    # When one fault is put into the shipped content
    issues = lint_with({name: (old, new)})
    # Then exactly the fitting rule names the file; a harmless change raises nothing
    if rule is None:
        assert issues == ()
        return
    assert rule in {issue.rule for issue in issues}, [str(issue) for issue in issues]
    assert all(issue.place.startswith(name) for issue in issues if issue.rule is rule)


def test_issues_carry_file_and_line():
    raw = dict(library.frameworks())[ZT].decode()
    line = raw[: raw.index("{field: factors, at_least: 2}")].count("\n")
    (issue,) = lint_with({ZT: ("{field: factors, at_least: 2}", "{field: factor, at_least: 2}")})
    place, _, number = issue.place.partition(":")
    assert place == ZT
    assert abs(int(number) - line) <= 3
    assert "phishing_resistant" in issue.remedy


def test_all_issues_are_collected():
    issues = lint_with(
        {
            ZT: ("{field: factors, at_least: 2}", "{field: factor, at_least: 2}"),
            BP: ("made_of: [zt36/1-1,", "made_of: [zt36/9-9,"),
        }
    )
    assert {issue.rule for issue in issues} == {Rule.UNKNOWN_FIELD, Rule.UNKNOWN_REFERENCE}


@pytest.mark.parametrize(
    "text",
    [
        "採用 TLS 1.2 以上版本，並以 ECDHE 交換金鑰。",
        "依 8.1(1) 辦理；另見（一）。",
        "涵蓋 IaaS, PaaS 與 SaaS。",
        "後台、範圍、占比、布局、台灣、采邑、里程、吃了。",
    ],
)
def test_good_taiwanese_text_is_left_alone(text):
    assert list(faults_in_chinese(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "多因子认证。",
        "備份與復原,須演練。",
        "依規定(第八條)辦理。",
        "与防护有关。",
        "完成.",
        "「未關閉。",
        "数据",
    ],
)
def test_text_of_elsewhere_is_found(text):
    assert list(faults_in_chinese(text))


def test_documents_and_parameters_are_read_too():
    # Given a document kind that stands twice and a parameter beyond its limits
    documents = (
        b"documents:\n  - {id: a, zh: \xe7\x94\xb2, en: A}\n  - {id: a, zh: \xe7\x94\xb2, en: A}\n"
    )
    # When the content is linted
    issues = lint_files(
        [], [], ("parameters.yaml", b"parameters: []"), ("documents.yaml", documents)
    )
    # Then both files are named
    assert {issue.place for issue in issues} == {"parameters.yaml:1", "documents.yaml:3"}
    assert {issue.rule for issue in issues} == {Rule.UNREADABLE}
