"""Labels of statements on exploitability."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "adopts": "採自文件",
    "advice": "處置建議",
    "advisories": "當時所知公告",
    "aliases": "別名",
    "covered": "當時涵蓋",
    "defects": "瑕疵數",
    "document_id": "文件編號",
    "document_title": "文件標題",
    "impact": "影響說明",
    "issued": "發布時間",
    "justification": "不受影響之依據",
    "keys": "公開金鑰",
    "precedence": "採信順位",
    "purl": "套件識別（purl）",
    "refusal": "不採計原因",
    "signature": "簽章狀態",
    "signed_by": "簽章金鑰",
    "statements": "聲明數",
    "versions": "版本範圍",
    "vulnerability": "弱點",
}
