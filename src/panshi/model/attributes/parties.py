"""Attributes of people, accounts, places, suppliers and contracts."""

from __future__ import annotations

from panshi.model.asset import AssetKind
from panshi.model.attributes.schema import Attribute
from panshi.model.attributes.words import (
    CLOUD_MODEL,
    COUNTRY,
    PERSONAL,
    RELIABILITY,
    day,
    many,
    number,
    one_of,
    text,
    whole,
    yes_no,
)

ACCOUNT = (
    yes_no("privileged", "特權帳號", "Privileged", required=True),
    yes_no("external", "外部人員", "External person"),
    yes_no("enabled", "啟用中", "Enabled"),
    yes_no("human", "自然人使用", "Used by a person"),
    yes_no("interactive", "可互動登入", "Signs in interactively"),
    one_of(
        "privilege",
        "權限",
        "Privilege",
        "administrator | 最高或特殊權限 | Highest or special",
        "operator | 一般作業 | Routine operation",
        "query | 一般查詢 | Query",
    ),
    one_of(
        "user_group",
        "使用者類別",
        "Group of users",
        "external | 外部人員 | External person",
        "it_staff | 資訊人員 | IT staff",
        "business_staff | 業務人員 | Business staff",
        "customer | 客戶 | Customer",
        "machine | 系統 | Machine",
    ),
    yes_no("remote_access", "可遠距登入", "May sign in remotely"),
    yes_no("shared", "共用", "Shared"),
    yes_no("emergency", "緊急帳號", "Break-glass account"),
    text("directory", "目錄", "Directory"),
    text("person", "使用人（假名）", "Person (pseudonym)"),
)

PERSON = (
    text("role", "職務", "Role"),
    many("training_groups", "訓練對象", "Training groups"),
    text("department", "單位", "Department"),
    yes_no("external", "外部人員", "External"),
    yes_no("board", "董事會成員", "Member of the board"),
    yes_no("security_staff", "資安人員", "Security staff"),
    yes_no("chief_security_officer", "資安長", "Chief information security officer"),
    many("certificates", "證照", "Certificates"),
    yes_no("developer", "開發人員", "Developer"),
)

ROLE = (
    text("nice_code", "NICE 職務代碼", "NICE work role"),
    whole("positions", "編制人數", "Positions"),
    whole("filled", "現有人數", "Positions filled"),
    yes_no("critical", "關鍵職務", "Critical role"),
)

SITE = (
    text("city", "城市", "City"),
    COUNTRY,
    number("latitude", "緯度", "Latitude", minimum=-90, maximum=90),
    number("longitude", "經度", "Longitude", minimum=-180, maximum=180),
    one_of(
        "site_kind",
        "據點類型",
        "Kind of site",
        "data_centre | 資料中心 | Data centre",
        "cloud_region | 雲端區域 | Cloud region",
        "office | 辦公室 | Office",
        "branch | 分支機構 | Branch",
    ),
    one_of(
        "site_role",
        "備援角色",
        "Role in recovery",
        "primary | 主中心 | Primary",
        "secondary | 異地備援 | Secondary",
        "third | 第三備援點 | Third site",
    ),
    text("operator", "營運者", "Operator"),
    text("seismic_zone", "震區", "Seismic zone"),
    text("power_feed", "供電來源", "Power feed"),
    number("generator_hours", "自備發電時數", "Hours on own generators"),
    many("cables", "依賴之海纜", "Submarine cables, any of which will do"),
    whole("seats", "備援座位", "Seats for recovery"),
    number("restore_mib_s", "還原頻寬（MiB/s）", "Restore bandwidth (MiB/s)"),
    *RELIABILITY,
)

SUPPLIER = (
    whole("tier", "供應商分級（1 最關鍵）", "Tier (1 is most critical)", minimum=1, maximum=4),
    yes_no("cloud_provider", "雲端服務提供者", "Cloud provider"),
    COUNTRY,
    yes_no("has_access", "可存取系統或資料", "Has access to systems or data"),
    yes_no("remote_access", "可遠端連入", "May connect remotely"),
    yes_no("software_supplier", "軟體供應商", "Supplies software"),
    yes_no("critical_infrastructure", "關鍵基礎設施", "Critical infrastructure"),
    yes_no("substitutable", "可替代", "Can be replaced"),
    text("legal_identifier", "統一編號或 LEI", "Tax number or LEI"),
    PERSONAL,
    whole("rto_minutes", "承諾復原時間（分鐘）", "Recovery time it promises (minutes)"),
    *RELIABILITY,
)

CONTRACT = (
    day("expires", "到期日", "Expires on"),
    day("signed", "簽約日", "Signed on"),
    yes_no("cloud", "雲端服務契約", "Cloud contract"),
    CLOUD_MODEL,
    yes_no("material", "重大委外", "Material outsourcing"),
    PERSONAL,
    number("amount_million_twd", "金額（新臺幣百萬元）", "Amount (TWD million)"),
    COUNTRY,
)

SOCIAL_ACCOUNT = (
    text("platform", "平台", "Platform"),
    text("handle", "帳號名稱", "Handle"),
    text("url", "網址", "URL"),
    yes_no("official", "官方帳號", "Official account"),
    yes_no("automated_reply", "自動回覆", "Answers automatically"),
)

PARTIES: dict[AssetKind, tuple[Attribute, ...]] = {
    AssetKind.ACCOUNT: ACCOUNT,
    AssetKind.PERSON: PERSON,
    AssetKind.ROLE: ROLE,
    AssetKind.SITE: SITE,
    AssetKind.SUPPLIER: SUPPLIER,
    AssetKind.CONTRACT: CONTRACT,
    AssetKind.SOCIAL_ACCOUNT: SOCIAL_ACCOUNT,
}
