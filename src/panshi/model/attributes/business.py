"""Attributes of what the institution does and runs: itself, services, systems, data, AI."""

from __future__ import annotations

from panshi.model.asset import AssetKind
from panshi.model.attributes.schema import Attribute
from panshi.model.attributes.words import (
    CLOUD,
    COUNTRY,
    DATA_CLASS,
    ENVIRONMENT,
    PERSONAL,
    day,
    degree,
    many,
    number,
    one_of,
    text,
    whole,
    yes_no,
)

RECOVERY = (
    whole("rto_minutes", "復原時間目標 RTO（分鐘）", "Recovery time objective (minutes)"),
    whole("rpo_minutes", "資料復原點目標 RPO（分鐘）", "Recovery point objective (minutes)"),
    whole("mtpd_minutes", "最大可容忍中斷時間 MTPD（分鐘）", "Maximum tolerable outage (minutes)"),
)
"Targets of continuity, stated; drills tell what is reached."

INSTITUTION = (
    one_of(
        "sector",
        "業別",
        "Sector",
        "bank | 銀行業 | Bank",
        "insurer | 保險業 | Insurer",
        "securities | 證券業 | Securities firm",
        "futures | 期貨業 | Futures firm",
        "investment_trust | 投信投顧業 | Investment trust or adviser",
        "payment | 電子支付業 | Electronic payment",
        "infrastructure | 市場基礎設施 | Market infrastructure",
        "other | 其他 | Other",
        required=True,
    ),
    one_of(
        "size",
        "規模",
        "Size",
        "large | 大型 | Large",
        "medium | 中型 | Medium",
        "small | 小型 | Small",
    ),
    whole("staff", "員工人數", "Staff"),
    whole("customers", "自然人客戶數", "Natural-person customers"),
    number("market_share", "市占率（0 至 1）", "Market share (0 to 1)", maximum=1),
    number("assets_billion_twd", "資產總額（新臺幣十億元）", "Assets (TWD billion)"),
    text("licence", "許可證字號", "Licence number"),
    yes_no("listed", "上市櫃公司", "Listed"),
    yes_no("domestic_systemically_important", "國內系統性重要", "Systemically important"),
    yes_no("runs_fund", "經營基金", "Runs funds"),
    yes_no("electronic_trading", "提供電子式交易", "Offers electronic trading"),
)

SERVICE = (
    yes_no("critical", "關鍵服務", "Critical service"),
    one_of(
        "axis",
        "服務類別",
        "Line of service",
        "payments | 支付清算 | Payments and clearing",
        "deposits | 存匯 | Deposits and remittance",
        "lending | 授信 | Lending",
        "trading | 交易 | Trading",
        "insurance | 保險 | Insurance",
        "wealth | 財富管理 | Wealth management",
        "channel | 客戶通路 | Customer channel",
        "internal | 內部服務 | Internal",
    ),
    yes_no("customer_facing", "直接面對客戶", "Customer facing"),
    *RECOVERY,
    number("minimum_level", "最低服務水準（0 至 1）", "Minimum service level (0 to 1)", maximum=1),
    number("demand_per_hour", "每小時需求量", "Demand per hour"),
    whole("customers", "使用客戶數", "Customers served"),
    text("alternative", "替代服務方式", "Alternative way to serve"),
)

SYSTEM = (
    yes_no("core", "核心系統", "Core system"),
    yes_no("customer_facing", "直接面對客戶", "Customer facing"),
    yes_no("internet_facing", "網際網路可達", "Reachable from the internet"),
    *CLOUD,
    ENVIRONMENT,
    COUNTRY,
    DATA_CLASS,
    yes_no("holds_personal_data", "存有客戶個資", "Holds customers' personal data"),
    yes_no("holds_transaction_data", "存有客戶交易資料", "Holds customers' transaction data"),
    yes_no("holds_staff_data", "存有員工個資", "Holds staff's personal data"),
    yes_no("sensitive", "存有敏感資料", "Holds sensitive data"),
    yes_no("automated_service", "自動化提供客戶服務", "Serves customers automatically"),
    yes_no("material_outsourcing", "重大委外", "Material outsourcing"),
    *RECOVERY,
    yes_no("in_house_developed", "自行開發", "Developed in house"),
    yes_no("outsourced_development", "委外開發", "Development outsourced"),
    yes_no("pipeline", "具自動化建置流程", "Has a build pipeline"),
    yes_no("electronic_trading", "電子式交易系統", "Electronic trading system"),
    yes_no("vpn_only", "僅經 VPN 連入", "Reached over VPN only"),
    yes_no("remote_staff_access", "員工可遠距使用", "Staff reach it remotely"),
    yes_no("external_users", "開放外部機構人員使用", "Used by persons of other institutions"),
    yes_no("separate_admin_accounts", "管理者與使用者帳號分離", "Administrator accounts apart"),
    many(
        "operated_by",
        "維運者",
        "Operated by",
        "staff | 內部人員 | Staff",
        "supplier_remote | 供應商遠端 | Supplier, remotely",
        "supplier_on_site | 供應商駐點 | Supplier, on site",
        "cloud_provider | 雲端服務提供者 | Cloud provider",
    ),
    one_of(
        "resource_location",
        "資源所在地",
        "Resource location",
        "third_party | 第三方或雲端 | Third party or cloud",
        "internal | DMZ 後之內部環境 | Internal, behind the DMZ",
        "dmz | DMZ | Own DMZ",
        "public | 一般公開環境 | Generally public",
    ),
    many(
        "connections",
        "連線方式",
        "Connections",
        "internet | 網際網路 | Internet",
        "vpn | VPN 或專線 | VPN or dedicated line",
        "internal | 內部網路 | Internal network",
    ),
    degree("interruption_impact", "營運中斷衝擊", "Impact of interruption"),
    degree("process_impact", "作業流程改變衝擊", "Impact on process"),
    degree("training_impact", "人力訓練衝擊", "Impact on training"),
    degree("technology_impact", "技術差異衝擊", "Impact on technology"),
    number("adoption_cost_million_twd", "導入支出（新臺幣百萬元）", "Adoption cost (TWD million)"),
)

DATASET = (
    yes_no("sensitive", "敏感資料", "Sensitive"),
    PERSONAL,
    yes_no("customer_data", "客戶資料", "Customer data"),
    yes_no("transaction_data", "交易資料", "Transaction data"),
    yes_no("staff_data", "員工資料", "Staff data"),
    DATA_CLASS,
    COUNTRY,
    *CLOUD,
    ENVIRONMENT,
    yes_no("material", "重大性客戶資料", "Material customer data"),
    yes_no("critical", "關鍵資料", "Critical data"),
    yes_no("logs", "軌跡或日誌", "Trails or logs"),
    whole("records", "筆數", "Records"),
    whole("retention_days", "保存期限（日）", "Retention (days)"),
    number("confidential_years", "須保密年數", "Years it must stay secret"),
)

AI_SYSTEM = (
    yes_no("third_party", "第三方提供", "Supplied by a third party"),
    yes_no("customer_facing", "直接面對客戶", "Customer facing"),
    yes_no("high_risk", "高風險", "High risk"),
    yes_no("generative", "生成式 AI", "Generative"),
    PERSONAL,
    yes_no("decides_automatically", "自動決策", "Decides without a person"),
    one_of(
        "life_cycle",
        "生命週期階段",
        "Life-cycle phase",
        "planning | 規劃 | Planning",
        "building | 建置 | Building",
        "operating | 運作 | Operating",
        "retired | 停用 | Retired",
    ),
    text("purpose", "用途", "Purpose"),
    text("model", "模型", "Model"),
    text("vendor", "廠商", "Vendor"),
    *CLOUD,
)

API = (
    one_of(
        "audience",
        "使用對象",
        "Audience",
        "open | 開放 | Open",
        "partner | 合作夥伴 | Partner",
        "internal | 內部 | Internal",
    ),
    DATA_CLASS,
    yes_no("internet_facing", "網際網路可達", "Reachable from the internet"),
    yes_no("gateway", "經 API 閘道", "Behind an API gateway"),
    text("protocol", "協定", "Protocol"),
    text("version", "版本", "Version"),
    text("url", "網址", "URL"),
    day("retires", "停用日", "Retires on"),
)

BUSINESS: dict[AssetKind, tuple[Attribute, ...]] = {
    AssetKind.INSTITUTION: INSTITUTION,
    AssetKind.SERVICE: SERVICE,
    AssetKind.SYSTEM: SYSTEM,
    AssetKind.DATASET: DATASET,
    AssetKind.AI_SYSTEM: AI_SYSTEM,
    AssetKind.API: API,
}
