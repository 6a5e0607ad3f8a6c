"""The parts of a ticket's form: what a mail, a spreadsheet and a schema call each field.

Shared by the readers (`panshi.observe.tickets`), the writers (`panshi.report.tickets`) and the
schema. A form is read by the Chinese or the English label or by the name of the field, whichever
its writer used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.model.alliance.marking import Tlp
from panshi.model.alliance.ticket import Category, Effect, Severity, Status


class Holds(StrEnum):
    """What stands in one part of the form."""

    TEXT = "text"
    LONG = "long"
    "Text of several lines."
    TIME = "time"
    WHOLE = "whole"
    CHOICE = "choice"
    TEXTS = "texts"
    "Several short texts, separated by semicolons, commas or lines."
    CHOICES = "choices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the form."""

    name: str
    "Field of the ticket; `impact.` and `marking.` stand before fields of these."
    zh: str
    en: str
    holds: Holds
    words: Mapping[str, tuple[str, str]] | None = None
    "Words of a choice in Chinese and English, by value."
    required: bool = False
    example: str = ""


SEVERITY_WORDS: Mapping[str, tuple[str, str]] = {
    Severity.UNKNOWN: ("未知", "unknown"),
    Severity.INFORMATIONAL: ("資訊", "informational"),
    Severity.LOW: ("低", "low"),
    Severity.MEDIUM: ("中", "medium"),
    Severity.HIGH: ("高", "high"),
    Severity.CRITICAL: ("重大", "critical"),
}
CATEGORY_WORDS: Mapping[str, tuple[str, str]] = {
    Category.ABUSIVE_CONTENT: ("不當內容", "abusive content"),
    Category.MALICIOUS_CODE: ("惡意程式", "malicious code"),
    Category.INFORMATION_GATHERING: ("資訊蒐集", "information gathering"),
    Category.INTRUSION_ATTEMPTS: ("入侵嘗試", "intrusion attempts"),
    Category.INTRUSIONS: ("入侵", "intrusions"),
    Category.AVAILABILITY: ("可用性", "availability"),
    Category.INFORMATION_SECURITY: ("資訊內容安全", "information content security"),
    Category.FRAUD: ("詐欺", "fraud"),
    Category.VULNERABLE: ("弱點", "vulnerable"),
    Category.OTHER: ("其他", "other"),
    Category.TEST: ("測試", "test"),
}
STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    Status.RECEIVED: ("已收件", "received"),
    Status.TRIAGED: ("已分流", "triaged"),
    Status.IN_HAND: ("處理中", "in hand"),
    Status.CLOSED: ("已結案", "closed"),
}
EFFECT_WORDS: Mapping[str, tuple[str, str]] = {
    Effect.CONFIDENTIALITY: ("機密性", "confidentiality"),
    Effect.INTEGRITY: ("完整性", "integrity"),
    Effect.AVAILABILITY: ("可用性", "availability"),
}
TLP_WORDS: Mapping[str, tuple[str, str]] = {each: (each.label, each.label) for each in Tlp}

FORM: tuple[Part, ...] = (
    Part(
        name="number",
        zh="單號",
        en="Number",
        holds=Holds.TEXT,
        required=True,
        example="2026-0001",
    ),
    Part(name="version", zh="版次", en="Version", holds=Holds.WHOLE, example="1"),
    Part(
        name="title",
        zh="標題",
        en="Title",
        holds=Holds.TEXT,
        required=True,
        example="網路銀行前置主機異常登入",
    ),
    Part(
        name="reported_at",
        zh="通報時間",
        en="Reported at",
        holds=Holds.TIME,
        example="2026-09-30 10:05",
    ),
    Part(name="occurred_at", zh="發生時間", en="Occurred at", holds=Holds.TIME),
    Part(name="detected_at", zh="發現時間", en="Detected at", holds=Holds.TIME),
    Part(name="contained_at", zh="控制時間", en="Contained at", holds=Holds.TIME),
    Part(name="closed_at", zh="結案時間", en="Closed at", holds=Holds.TIME),
    Part(
        name="severity",
        zh="嚴重程度",
        en="Severity",
        holds=Holds.CHOICE,
        words=SEVERITY_WORDS,
        example="高",
    ),
    Part(
        name="category",
        zh="類別",
        en="Category",
        holds=Holds.CHOICE,
        words=CATEGORY_WORDS,
        example="入侵",
    ),
    Part(name="status", zh="狀態", en="Status", holds=Holds.CHOICE, words=STATUS_WORDS),
    Part(
        name="text",
        zh="事件說明",
        en="Description",
        holds=Holds.LONG,
        example="自 203.0.113[.]7 登入後執行編碼過的指令。",
    ),
    Part(
        name="indicators",
        zh="入侵指標",
        en="Indicators",
        holds=Holds.TEXTS,
        example="203.0.113[.]7; hxxps://evil[.]example/a",
    ),
    Part(
        name="techniques",
        zh="攻擊手法",
        en="Techniques",
        holds=Holds.TEXTS,
        example="T1078; T1059.001",
    ),
    Part(name="phase", zh="攻擊鏈位置", en="Kill chain position", holds=Holds.TEXT),
    Part(name="cves", zh="弱點編號", en="CVEs", holds=Holds.TEXTS),
    Part(name="assets", zh="受影響資產", en="Affected assets", holds=Holds.TEXTS),
    Part(name="suppliers", zh="相關供應商", en="Suppliers", holds=Holds.TEXTS),
    Part(
        name="impact.effects",
        zh="影響性質",
        en="Effects",
        holds=Holds.CHOICES,
        words=EFFECT_WORDS,
    ),
    Part(name="impact.services", zh="受影響服務", en="Services", holds=Holds.TEXTS),
    Part(name="impact.customers", zh="影響客戶數", en="Customers", holds=Holds.WHOLE),
    Part(name="impact.records", zh="影響資料筆數", en="Records", holds=Holds.WHOLE),
    Part(name="impact.accounts", zh="影響帳號數", en="Accounts", holds=Holds.WHOLE),
    Part(name="impact.hosts", zh="影響主機數", en="Hosts", holds=Holds.WHOLE),
    Part(
        name="impact.downtime_minutes",
        zh="中斷分鐘數",
        en="Downtime in minutes",
        holds=Holds.WHOLE,
    ),
    Part(name="impact.loss_twd", zh="損失金額（新臺幣）", en="Loss in TWD", holds=Holds.WHOLE),
    Part(name="impact.regions", zh="影響地區", en="Regions", holds=Holds.TEXTS),
    Part(name="impact.note", zh="影響說明", en="Impact note", holds=Holds.LONG),
    Part(name="detected_by", zh="發現方式", en="Detected by", holds=Holds.TEXT),
    Part(name="cause", zh="原因", en="Cause", holds=Holds.LONG),
    Part(name="actions", zh="已採措施", en="Actions taken", holds=Holds.TEXTS),
    Part(name="contact", zh="聯絡方式", en="Contact", holds=Holds.TEXT),
    Part(name="related", zh="相關單號", en="Related numbers", holds=Holds.TEXTS),
    Part(
        name="marking.tlp",
        zh="分享限制",
        en="TLP",
        holds=Holds.CHOICE,
        words=TLP_WORDS,
        example="TLP:AMBER",
    ),
)
"In the order in which a form shows them."

OTHER_LABELS = {
    "attachments": ("附件", "Attachments"),
    "report_items": ("通報項目", "Report items"),
    "impact": ("影響範圍", "Impact"),
    "marking": ("標記", "Marking"),
    "schema": ("格式版本", "Schema"),
}
"Fields that no form asks for."

SHEET = "tickets"
"Sheet of the template; row 1 names, row 2 labels, tickets from row 3."
GUIDE_SHEET = "_guide"
LABEL_ROW = 2


def parts_by_label() -> dict[str, Part]:
    """Give each part by everything it is called, in lower case."""
    return {label.casefold(): part for part in FORM for label in (part.name, part.zh, part.en)}
