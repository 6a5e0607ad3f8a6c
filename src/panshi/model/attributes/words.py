"""Short forms in which the schemas are written, and the attributes every kind has."""

from __future__ import annotations

from panshi.model.attributes.schema import Attribute, AttributeType, Choice


def choices(*lines: str) -> tuple[Choice, ...]:
    """Read `value | zh | en` lines."""
    found = []
    for line in lines:
        value, zh, en = (part.strip() for part in line.split("|"))
        found.append(Choice(value=value, zh=zh, en=en))
    return tuple(found)


def text(name: str, zh: str, en: str) -> Attribute:
    """Describe any text."""
    return Attribute(name=name, type=AttributeType.TEXT, zh=zh, en=en)


def one_of(name: str, zh: str, en: str, *lines: str, required: bool = False) -> Attribute:
    """Describe one value of an enumeration."""
    return Attribute(
        name=name,
        type=AttributeType.TEXT,
        zh=zh,
        en=en,
        choices=choices(*lines),
        required=required,
    )


def yes_no(name: str, zh: str, en: str, *, required: bool = False) -> Attribute:
    """Describe true or false."""
    return Attribute(name=name, type=AttributeType.YES_NO, zh=zh, en=en, required=required)


def whole(
    name: str, zh: str, en: str, *, minimum: float | None = 0, maximum: float | None = None
) -> Attribute:
    """Describe a whole number, not negative unless said so."""
    return Attribute(
        name=name, type=AttributeType.WHOLE, zh=zh, en=en, minimum=minimum, maximum=maximum
    )


def number(
    name: str, zh: str, en: str, *, minimum: float | None = 0, maximum: float | None = None
) -> Attribute:
    """Describe a number, not negative unless said so."""
    return Attribute(
        name=name, type=AttributeType.NUMBER, zh=zh, en=en, minimum=minimum, maximum=maximum
    )


def day(name: str, zh: str, en: str) -> Attribute:
    """Describe a calendar day."""
    return Attribute(name=name, type=AttributeType.DAY, zh=zh, en=en)


def many(name: str, zh: str, en: str, *lines: str) -> Attribute:
    """Describe several texts, or several values of an enumeration."""
    return Attribute(
        name=name, type=AttributeType.MANY, zh=zh, en=en, choices=choices(*lines) if lines else ()
    )


FIELDS = choices(
    "remote_work | 遠距辦公 | Remote work",
    "cloud_access | 雲端存取 | Cloud access",
    "system_operation | 系統維運管理 | System operation",
    "app_admin | 應用系統管理 | Application administration",
    "service_provider | 服務供應商 | Service provider",
    "cross_institution | 跨機構協作 | Cross-institution",
)
"The six high-risk fields (場域) of the zero-trust guide."

COMMON = (
    Attribute(name="fields", type=AttributeType.MANY, zh="場域", en="Fields", choices=FIELDS),
    text("zone", "所在區域", "Zone"),
    text("owner", "負責單位", "Owner"),
    one_of(
        "criticality",
        "重要性",
        "Criticality",
        "high | 高 | High",
        "medium | 中 | Medium",
        "low | 低 | Low",
    ),
    text("segment", "分層", "Segment for stratified statistics"),
    day("since", "啟用日", "In use since"),
    text("note", "備註", "Note"),
    yes_no("demo", "示範資料", "Demo data"),
)
"Attributes every kind has."

CLOUD_MODEL = one_of(
    "cloud_model",
    "雲端服務模式",
    "Cloud service model",
    "IaaS | 基礎設施即服務（IaaS） | Infrastructure as a service",
    "PaaS | 平台即服務（PaaS） | Platform as a service",
    "SaaS | 軟體即服務（SaaS） | Software as a service",
)
"Decides which zero-trust controls a cloud resource takes part in."

CLOUD = (
    yes_no("cloud", "使用雲端服務", "In the cloud"),
    CLOUD_MODEL,
    text("cloud_provider", "雲端服務提供者", "Cloud provider"),
    text("region", "雲端區域", "Cloud region"),
)

ENVIRONMENT = one_of(
    "environment",
    "環境",
    "Environment",
    "production | 正式環境 | Production",
    "test | 測試環境 | Test",
    "development | 開發環境 | Development",
    "disaster_recovery | 異地備援環境 | Disaster recovery",
)

DATA_CLASS = one_of(
    "data_class",
    "資料等級",
    "Data class",
    "public | 公開 | Public",
    "internal | 內部 | Internal",
    "confidential | 機密 | Confidential",
    "personal | 個人資料 | Personal",
)


def degree(name: str, zh: str, en: str) -> Attribute:
    """Describe a factor of the zero-trust scope, scored 1 to 3."""
    return whole(name, f"{zh}（1 至 3）", f"{en} (1 to 3)", minimum=1, maximum=3)


RELIABILITY = (
    number("failures_per_year", "每年失效次數", "Failures a year"),
    whole("repair_minutes", "修復時間（分鐘）", "Time to repair (minutes)"),
)
"How often it fails by itself and how long that lasts; where not stated, the usual figures count."
COUNTRY = text("country", "國家（ISO 3166）", "Country (ISO 3166)")
PERSONAL = yes_no("personal_data", "含個人資料", "Holds personal data")
