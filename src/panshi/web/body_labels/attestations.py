"""Chinese labels of the steps of attestations."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "attachment_bytes": "附件位元組數",
    "attestation": "聲明事件",
    "attested_by": "聲明人",
    "drawn_from": "抽樣所依根雜湊",
    "finding": "發現",
    "period_end": "期間終日",
    "period_start": "期間起日",
    "quarter": "季別",
    "reexamined_by": "抽查人",
    "upheld": "成立",
}
