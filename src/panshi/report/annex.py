"""The annex every report ends with: what it was computed from, and how anybody can check it."""

from __future__ import annotations

from hashlib import sha256

from panshi.report.paper.document import Cell, Facts, Paragraph, Ref, Say, Section, Source


def annex(source: Source, say: Say, *, title: str, breaks: bool = False) -> Section:
    """Give the section that tells how to check a report."""
    facts: list[tuple[str, Cell]] = [
        (say("證據日誌", "evidence log"), Ref(source.origin)),
        (say("觀測筆數", "observations"), f"{source.log_size:,}"),
        (say("日誌樹根", "root of the log"), Ref(source.log_root)),
        (say("框架與版本", "framework and version"), _framework(source, say)),
        (
            say("資產範圍與版本", "estate and version"),
            say(
                f"{source.estate}，第 {source.estate_version} 版",
                f"{source.estate}, version {source.estate_version}",
            ),
        ),
    ]
    for key in source.keys:
        facts.append((say("驗證金鑰", "verifier key"), Ref(key)))
        facts.append(
            (say("金鑰指紋（SHA-256）", "its fingerprint (SHA-256)"), Ref(fingerprint(key)))
        )
    return Section(
        id="annex",
        title=title,
        lead=say(
            "每個數字都由封存的觀測計算而來，任何人可在不安裝磐石的電腦上查驗。",
            "Every figure is computed from sealed observations; anybody can check them without "
            "Panshi.",
        ),
        blocks=(
            Paragraph(
                text=say(
                    "以「panshi report bundle」取得查核包，離線執行其中的 verify.py："
                    "它核對每個檔案的雜湊與簽章、每筆觀測的存在證明，以及判定所依的日誌。"
                    "驗證金鑰請另循書面或電話核對指紋。表中代號可於控制台查詢，"
                    "觀測編號以「panshi evidence show 編號」查看。",
                    "Take the examiner's bundle with “panshi report bundle” and run its verify.py "
                    "offline: it checks the digest and signature of every file, the proof of every "
                    "observation, and the log the verdicts rest on. Compare the fingerprint of the "
                    "key on paper or by telephone. Ids in the tables lead to the console; "
                    "“panshi evidence show ID” shows an observation.",
                )
            ),
            Facts(
                id="source",
                title=say("本報告所依", "What this report rests on"),
                facts=tuple(facts),
            ),
        ),
        breaks=breaks,
    )


def _framework(source: Source, say: Say) -> str:
    return say("，", ", ").join(filter(None, (source.framework, source.framework_version))) or "—"


def fingerprint(key: str) -> str:
    """Give the digest of a verifier key in groups that can be read over a telephone."""
    digits = sha256(key.encode()).hexdigest()
    return " ".join(digits[start : start + 8] for start in range(0, 64, 8))
