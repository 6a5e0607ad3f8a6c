"""Labels of privileged access and its recordings."""

from __future__ import annotations

LABELS = {
    "for_person": "使用者",
    "ways": "存取方式",
    "begins": "開始時間",
    "ends": "結束時間",
    "ticket": "單號",
    "request": "申請",
    "approved": "是否核准",
    "recording": "側錄檔",
    "grant": "授權編號",
    "target": "目標主機",
    "way": "存取方式",
    "command": "指令",
    "address": "來源位址",
    "assurance": "保證等級",
    "began": "開始時間",
    "ended": "結束時間",
    "ended_by": "終止者",
    "ended_why": "終止原因",
    "bytes_shown": "顯示位元組數",
    "bytes_typed": "輸入位元組數",
    "chunks": "區塊數",
    "chain_head": "雜湊鏈首",
}
