"""Words of tickets, campaigns and the kill chain, in zh-TW and English."""

from __future__ import annotations

from collections.abc import Mapping

from panshi.model.alliance.member import Sector
from panshi.model.alliance.ticket import Category, Channel, Severity, Status

type Pair = tuple[str, str]

SEVERITIES: dict[Severity, Pair] = {
    Severity.UNKNOWN: ("未知", "unknown"),
    Severity.INFORMATIONAL: ("資訊", "informational"),
    Severity.LOW: ("低", "low"),
    Severity.MEDIUM: ("中", "medium"),
    Severity.HIGH: ("高", "high"),
    Severity.CRITICAL: ("嚴重", "critical"),
}
CATEGORIES: dict[Category, Pair] = {
    Category.ABUSIVE_CONTENT: ("濫發內容", "abusive content"),
    Category.MALICIOUS_CODE: ("惡意程式", "malicious code"),
    Category.INFORMATION_GATHERING: ("資訊蒐集", "information gathering"),
    Category.INTRUSION_ATTEMPTS: ("入侵嘗試", "intrusion attempts"),
    Category.INTRUSIONS: ("入侵", "intrusions"),
    Category.AVAILABILITY: ("可用性", "availability"),
    Category.INFORMATION_SECURITY: ("資訊內容安全", "information content security"),
    Category.FRAUD: ("詐騙", "fraud"),
    Category.VULNERABLE: ("弱點", "vulnerable"),
    Category.OTHER: ("其他", "other"),
    Category.TEST: ("測試", "test"),
}
STATUSES: dict[Status, Pair] = {
    Status.RECEIVED: ("已收件", "received"),
    Status.TRIAGED: ("已分類", "triaged"),
    Status.IN_HAND: ("處理中", "in hand"),
    Status.CLOSED: ("已結案", "closed"),
}
CHANNELS: dict[Channel, Pair] = {
    Channel.API: ("API", "API"),
    Channel.MAIL: ("電子郵件", "mail"),
    Channel.SHEET: ("試算表", "sheet"),
    Channel.FILE: ("檔案", "file"),
    Channel.WAZUH: ("Wazuh", "Wazuh"),
    Channel.ELASTIC: ("Elastic", "Elastic"),
    Channel.SPLUNK: ("Splunk", "Splunk"),
}
TACTICS: dict[str, Pair] = {
    "reconnaissance": ("偵察", "reconnaissance"),
    "resource-development": ("資源準備", "resource development"),
    "initial-access": ("初始入侵", "initial access"),
    "execution": ("執行", "execution"),
    "persistence": ("持續潛伏", "persistence"),
    "privilege-escalation": ("提升權限", "privilege escalation"),
    "defense-evasion": ("規避防禦", "defense evasion"),
    "credential-access": ("竊取憑證", "credential access"),
    "discovery": ("內部探索", "discovery"),
    "lateral-movement": ("橫向移動", "lateral movement"),
    "collection": ("蒐集資料", "collection"),
    "command-and-control": ("命令與控制", "command and control"),
    "exfiltration": ("外傳資料", "exfiltration"),
    "impact": ("造成衝擊", "impact"),
}
"ATT&CK tactics by their short names, in the order of the kill chain."
SECTORS: dict[Sector, Pair] = {
    Sector.BANKING: ("銀行", "banking"),
    Sector.INSURANCE: ("保險", "insurance"),
    Sector.SECURITIES: ("證券", "securities"),
    Sector.PAYMENT: ("支付", "payments"),
    Sector.INFRASTRUCTURE: ("市場基礎設施", "market infrastructure"),
    Sector.AUTHORITY: ("主管機關", "authorities"),
    Sector.ABROAD: ("境外", "abroad"),
}


def word[K: str](table: Mapping[K, Pair], key: str) -> Pair:
    """Give the words of a key; one that is not known stands for itself."""
    return next((pair for name, pair in table.items() if name == key), (key, key))
