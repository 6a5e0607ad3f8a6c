"""Attributes of machines, networks, software and keys."""

from __future__ import annotations

from panshi.model.asset import AssetKind
from panshi.model.attributes.schema import Attribute
from panshi.model.attributes.words import (
    CLOUD,
    ENVIRONMENT,
    RELIABILITY,
    day,
    many,
    one_of,
    text,
    whole,
    yes_no,
)

SOFTWARE = (
    text("vendor", "廠商", "Vendor"),
    text("version", "版本", "Version"),
    text("purl", "套件識別 purl", "Package URL"),
    text("cpe", "CPE 識別", "CPE"),
    many("licences", "授權條款", "Licences"),
    one_of(
        "software_type",
        "軟體類型",
        "Software type",
        "application | 應用程式 | Application",
        "library | 函式庫 | Library",
        "framework | 框架 | Framework",
        "operating_system | 作業系統 | Operating system",
        "container | 容器映像 | Container image",
        "firmware | 韌體 | Firmware",
        "database | 資料庫 | Database",
        "other | 其他 | Other",
    ),
    yes_no("open_source", "開放原始碼", "Open source"),
    yes_no("in_house_developed", "自行開發", "Developed in house"),
    day("support_ends", "支援終止日", "Support ends"),
)

HOST = (
    text("os", "作業系統", "Operating system"),
    text("os_version", "作業系統版本", "Operating system version"),
    ENVIRONMENT,
    *CLOUD,
    yes_no("internet_facing", "網際網路可達", "Reachable from the internet"),
    one_of(
        "role",
        "角色",
        "Role",
        "server | 伺服器 | Server",
        "workstation | 工作站 | Workstation",
        "vm | 虛擬機器 | Virtual machine",
        "container | 容器主機 | Container host",
        "network | 網路設備 | Network equipment",
        "appliance | 專用設備 | Appliance",
    ),
    text("function", "功能", "Function"),
    text("address", "位址", "Address"),
    yes_no("holds_sensitive", "存有敏感資料", "Holds sensitive data"),
    yes_no("privileged_access", "具特權存取", "Entered with privilege"),
    yes_no("core", "核心系統主機", "Hosts a core system"),
    day("support_ends", "支援終止日", "Support ends"),
    *RELIABILITY,
)

DEVICE = (
    one_of(
        "device_kind",
        "設備類型",
        "Kind of device",
        "notebook | 筆記型電腦 | Notebook",
        "phone | 手機 | Phone",
        "tablet | 平板 | Tablet",
        "workstation | 桌上型電腦 | Desktop computer",
        "other | 其他 | Other",
    ),
    one_of(
        "ownership",
        "所有權",
        "Ownership",
        "issued | 機構配發 | Issued",
        "byod | 自攜 | Brought by staff",
        "external | 外部人員所有 | External",
    ),
    yes_no("external", "外部人員設備", "Belongs to an external person"),
    yes_no("byod", "自攜設備", "Brought by staff"),
    yes_no("holds_sensitive", "存有敏感資料", "Holds sensitive data"),
    yes_no("portable", "可攜式", "Portable"),
    yes_no("remote", "於外部使用", "Used outside"),
    yes_no("mobile", "行動裝置", "Mobile device"),
    text("os", "作業系統", "Operating system"),
    text("serial", "序號", "Serial number"),
    text("user", "使用者", "User"),
)

ZONE = (
    one_of(
        "zone_kind",
        "區域類型",
        "Kind of zone",
        "internet | 網際網路 | Internet",
        "dmz | DMZ | DMZ",
        "office | 辦公 | Office",
        "server | 伺服器 | Servers",
        "app | 應用 | Applications",
        "mgmt | 管理 | Management",
        "core | 核心 | Core",
        "iot | 物聯網 | Internet of things",
        "wireless | 無線 | Wireless",
        "vpn | VPN | VPN",
        "cloud | 雲端 | Cloud",
        "partner | 合作夥伴 | Partner",
        "backup | 備份 | Backup",
        "test | 測試 | Test",
    ),
    many("networks", "網段（CIDR）", "Networks (CIDR)"),
    yes_no("internet_facing", "網際網路可達", "Reachable from the internet"),
    yes_no("holds_sensitive", "存有敏感資料", "Holds sensitive data"),
    yes_no("carries_remote_access", "承載遠端連線", "Carries remote access"),
    *CLOUD,
)

ENDPOINT = (
    text("host", "主機名稱", "Host name"),
    whole("port", "連接埠", "Port", minimum=1, maximum=65535),
    yes_no("internet_facing", "網際網路可達", "Reachable from the internet"),
    yes_no("channel", "客戶通路", "Customer channel"),
    one_of(
        "channel_kind",
        "通路類型",
        "Kind of channel",
        "web | 網站 | Web site",
        "mobile | 行動應用程式 | Mobile app",
        "trading | 電子式交易 | Electronic trading",
        "api | API | API",
        "partner | 跨機構 | Partner",
        "remote_access | 遠端存取 | Remote access",
        "internal | 內部 | Internal",
        "mail | 電子郵件 | Mail",
    ),
    text("protocol", "協定", "Protocol"),
    text("url", "網址", "URL"),
    yes_no("customer_facing", "直接面對客戶", "Customer facing"),
    yes_no("official_page", "官方網頁", "Official page"),
    yes_no("carries_sensitive", "傳輸敏感資料", "Carries sensitive data"),
    ENVIRONMENT,
)

CRYPTO = (
    one_of(
        "crypto_kind",
        "密碼資產類型",
        "Kind of crypto asset",
        "algorithm | 演算法 | Algorithm",
        "certificate | 憑證 | Certificate",
        "key | 金鑰 | Key",
        "protocol | 協定 | Protocol",
        "library | 密碼函式庫 | Library",
        "hsm | 硬體安全模組 | Hardware security module",
    ),
    text("algorithm", "演算法", "Algorithm"),
    text("parameters", "參數", "Parameters"),
    whole("key_bits", "金鑰長度（位元）", "Key length (bits)"),
    yes_no("quantum_safe", "抗量子", "Quantum safe"),
    text("purpose", "用途", "Purpose"),
    text("custody", "保管方式", "Custody"),
    day("expires", "到期日", "Expires on"),
    whole("secret_years", "須保密年數", "Years it must protect"),
)

MOBILE_APP = (
    one_of(
        "audience",
        "使用對象",
        "Audience",
        "customer | 客戶 | Customers",
        "staff | 員工 | Staff",
    ),
    one_of("platform", "平台", "Platform", "ios | iOS | iOS", "android | Android | Android"),
    text("version", "版本", "Version"),
    text("store_url", "商店網址", "Store address"),
    yes_no("trades", "可交易", "Can trade"),
)

IOT_DEVICE = (
    text("device_kind", "設備類型", "Kind of device"),
    yes_no("updatable", "可更新", "Updatable"),
    yes_no("sensor", "單純感測器", "Simple sensor"),
    yes_no("wireless", "無線連線", "Wireless"),
    yes_no("internet_facing", "網際網路可達", "Reachable from the internet"),
    yes_no("networked", "可連網", "Networked"),
    text("vendor", "廠商", "Vendor"),
    text("model", "型號", "Model"),
    text("address", "位址", "Address"),
    text("place", "設置地點", "Place"),
    day("support_ends", "支援終止日", "Support ends"),
)

MACHINES: dict[AssetKind, tuple[Attribute, ...]] = {
    AssetKind.SOFTWARE: SOFTWARE,
    AssetKind.HOST: HOST,
    AssetKind.DEVICE: DEVICE,
    AssetKind.ZONE: ZONE,
    AssetKind.ENDPOINT: ENDPOINT,
    AssetKind.CRYPTO: CRYPTO,
    AssetKind.MOBILE_APP: MOBILE_APP,
    AssetKind.IOT_DEVICE: IOT_DEVICE,
}
