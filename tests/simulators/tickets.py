"""Tickets as members would write them, and as a hub has read them."""

import json
from datetime import UTC, datetime

from panshi.alliance.tickets.reading import said
from panshi.store.tickets import Arrival

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


def spoken(number="2026-001", **fields):
    """What a member writes, as bytes."""
    value = {
        "number": number,
        "title": "網銀伺服器可疑登入",
        "reported_at": "2026-09-30T10:00:00+08:00",
        "text": "自 203.0.113.7 登入後執行編碼過的指令。",
        "severity": "high",
        "category": "intrusions",
        "indicators": [{"kind": "ipv4", "value": "203.0.113.7"}],
        "techniques": ["T1059.001"],
    }
    return json.dumps(value | fields, ensure_ascii=False).encode()


def arrival(number="2026-001", member="bank-a", now=NOW, **fields):
    """The same, read by a hub."""
    read = said(spoken(number, **fields), member, now)
    return Arrival(ticket=read.ticket, said=read.canonical)
