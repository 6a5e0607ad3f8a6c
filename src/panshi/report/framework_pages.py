"""Reference pages about frameworks, generated from content: how each control is judged, and why.

`coverage_page` tells for every measure, article and control how Panshi judges it today;
`framework_page` prints one framework with gists, checks and notes. Both are bilingual Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from panshi.governance.frameworks.coverage import Count, Coverage, Entry, coverage
from panshi.governance.frameworks.documents import DocumentKind
from panshi.model.bodies import KINDS
from panshi.model.control import Basis, Control, Framework
from panshi.model.predicate import AllOf, AnyOf, Condition, Not, Predicate
from panshi.report.words import STAGES, basis_word

_GENERATED = "Generated from `src/panshi/content`; do not edit. 由內容產生，請勿手改。\n"
_JUDGED = tuple(Basis)


def coverage_page(frameworks: Iterable[Framework]) -> str:
    """Tell for every control of every framework how it is judged today."""
    reports = [coverage(each) for each in frameworks]
    return "\n".join((*_summary(reports), *(line for each in reports for line in _chapter(each))))


def framework_page(framework: Framework, documents: Mapping[str, DocumentKind]) -> str:
    """Print one framework whole."""
    lines = [f"# {framework.title_zh} {framework.title_en}\n", _GENERATED]
    lines += [f"{framework.document_zh}\n", f"{framework.document_en}\n"]
    for zh, en in zip(framework.notes_zh, framework.notes_en, strict=True):
        lines.append(f"- {zh} {en}")
    titles = {each.id: f"{each.title_zh} {each.title_en}" for each in framework.groups}
    for group, controls in groupby(framework.controls, key=lambda control: control.group):
        lines.append(f"\n## {titles[group]}\n")
        for control in controls:
            lines += _control(control, documents)
    return "\n".join(lines) + "\n"


def _summary(reports: list[Coverage]) -> Iterator[str]:
    yield "# 各項控制措施的判定方式 How each control is judged\n"
    yield _GENERATED
    yield "| 框架 Framework | " + " | ".join(map(_word, _JUDGED)) + " | 合計 All |"
    yield _rule(len(_JUDGED) + 2)
    for each in reports:
        yield _counts(f"{each.title_zh} {each.title_en}", each.count)
        if each.obligations.total:
            yield _counts("其中義務 of which obligations", each.obligations)


def _chapter(report: Coverage) -> Iterator[str]:
    yield f"\n## {report.title_zh} {report.title_en}\n"
    yield "| 群組 Group | " + " | ".join(map(_word, _JUDGED)) + " | 合計 All |"
    yield _rule(len(_JUDGED) + 2)
    for group in report.groups:
        indent = "　" if group.parent else ""
        yield _counts(f"{indent}{group.title_zh} {group.title_en}", group.count)
    yield "\n| | 控制措施 Control | 強度／級 | 判定 Judged | 依據 By |"
    yield _rule(5)
    for entry in report.entries:
        rank = STAGES[entry.stage] if entry.stage else entry.strength
        mark = "（推論 inferred）" if entry.inferred else ""
        yield (
            f"| {entry.id} | {_cell(entry.title_zh)} {_cell(entry.title_en)}{mark} | {rank} "
            f"| {_word(entry.basis)} | {_by(entry)} |"
        )


def _by(entry: Entry) -> str:
    match entry.basis:
        case Basis.EVIDENCE:
            share = f"≥ {entry.target_permille / 10:g}%, ≤ {entry.days} d"
            return f"{entry.population} ← `{entry.observation}` {share}"
        case Basis.ATTESTED:
            return f"{', '.join(entry.attested_by)}, ≤ {entry.days} d"
        case Basis.DERIVED:
            return ", ".join(entry.made_of)
        case _:
            return ""


def _control(control: Control, documents: Mapping[str, DocumentKind]) -> Iterator[str]:
    rank = f"{STAGES[control.stage]}" if control.stage else f"{control.strength}"
    yield f"### {control.id} {control.title_zh} {control.title_en}\n"
    yield f"{control.gist_zh} {control.gist_en}\n"
    yield f"- {rank}；{_word(control.basis)}"
    if control.applies_zh:
        yield f"- 適用 Applies to：{control.applies_zh} {control.applies_en}"
    if control.check is not None and control.population is not None:
        check, kind = control.check, KINDS[control.check.observation]
        where = control.population.where
        population = f"`{control.population.kind}`" + (f"，{_said(where)}" if where else "")
        about = f"，{_said(check.about)}" if check.about is not None else ""
        yield f"- 母體 Population：{population}"
        yield f"- 觀測 Observation：{kind.title_zh} {kind.title_en} `{check.observation}`{about}"
        yield f"- 通過條件 Passes：{_said(check.passes)}"
        yield f"- 目標 Target：{check.target_permille / 10:g}%；有效 Fresh：{check.fresh_days} d"
        tests = dict.fromkeys(each.observation for each in control.contradicted_by)
        yield f"- 可推翻 Contradicted by：{', '.join(f'`{each}`' for each in tests)}"
    if control.attesting is not None:
        names = (documents.get(each) for each in control.attesting.evidence)
        words = "、".join(f"{each.title_zh} {each.title_en}" for each in names if each)
        yield f"- 聲明所依 Attested by：{words}；有效 Valid：{control.attesting.valid_days} d"
    if control.made_of:
        yield f"- 由此推得 Derived from：{'、'.join(control.made_of)}"
    if control.notes_zh:
        yield f"- {control.notes_zh} {control.notes_en}"
    yield ""


def _said(predicate: Predicate) -> str:
    match predicate:
        case Condition():
            value = predicate.value
            words = ", ".join(value) if isinstance(value, tuple) else str(value)
            shown = words.lower() if isinstance(value, bool) else words
            return f"`{predicate.field} {predicate.comparison} {shown}`"
        case AllOf(parts=parts):
            return " 且 ".join(map(_inner, parts))
        case AnyOf(parts=parts):
            return " 或 ".join(map(_inner, parts))
        case Not(part=part):
            return f"非 {_inner(part)}"


def _inner(predicate: Predicate) -> str:
    said = _said(predicate)
    return said if isinstance(predicate, Condition | Not) else f"（{said}）"


def _word(basis: Basis) -> str:
    return f"{basis_word(basis, chinese=True)} {basis_word(basis, chinese=False)}"


def _counts(name: str, count: Count) -> str:
    cells = " | ".join(str(count.of(basis)) for basis in _JUDGED)
    return f"| {name} | {cells} | {count.total} |"


def _rule(columns: int) -> str:
    return "|" + " --- |" * columns


def _cell(text: str) -> str:
    return text.replace("|", "／")
