"""The words people write in lists, in Traditional Chinese and English, and what they mean here.

Field names of a body are always understood. The tables below add what the four usual lists say:
accounts and authenticators 帳號與驗證器, devices 設備, training 訓練, drills 演練.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

ACCOUNTS = "account.authenticators/1"
DEVICES = "device.posture/1"
TRAINING = "training.record/1"
RESTORE_DRILLS = "backup.restore_drill/1"
EXERCISES = "exercise.result/1"

NAMES_OF_KINDS: Mapping[str, tuple[str, ...]] = {
    ACCOUNTS: ("帳號與驗證器", "帳號", "帳號清冊", "accounts", "accounts and authenticators"),
    DEVICES: ("設備", "設備清冊", "設備狀態", "devices", "device list"),
    TRAINING: ("訓練", "教育訓練", "訓練紀錄", "training", "training records"),
    RESTORE_DRILLS: ("演練", "復原演練", "還原演練", "drills", "restore drills"),
    EXERCISES: ("情境演練", "情境演練結果", "攻防演練", "exercises"),
}
"What sheets and files of a kind are called."

COMMON: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject", "對象", "標的", "資產", "資產編號", "asset", "asset id"),
    "observed_at": ("observed_at", "觀測時間", "觀測日期", "資料日期", "匯出日期", "as of"),
    "period_start": ("period_start", "期間起", "起始日期", "period start"),
    "facet": ("facet", "面向"),
    "outcome": ("outcome", "觀測結果"),
    "reason": ("reason", "原因", "未觀測原因"),
    "note": ("note", "notes", "remark", "remarks", "備註", "說明"),
}
"Columns every list may have; a note is read by people only."

FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ACCOUNTS: {
        "subject": ("帳號", "帳號名稱", "使用者帳號", "account", "user", "login", "username"),
        "enabled": ("啟用", "啟用中", "是否啟用", "active"),
        "privileged": ("特權", "特權帳號", "是否特權"),
        "external": ("外部", "外部人員", "委外人員"),
        "factors": ("因子數", "驗證因子數", "factor count"),
        "authenticators": ("驗證器", "驗證方式", "驗證因子", "mfa methods"),
        "phishing_resistant": ("抗釣魚", "防釣魚", "phishing resistant"),
        "assurance_level": ("身分保證等級", "保證等級", "loa", "aal"),
        "last_sign_in": ("最後登入", "最後登入日", "最後登入日期", "last login", "last sign-in"),
        "owner_active": ("在職", "擁有者在職", "使用人在職", "owner active"),
        "source": ("來源", "目錄", "directory"),
        "roles": ("角色數", "role count"),
        "excess_permissions": ("過多權限", "逾越權限數", "excess permissions"),
        "last_reviewed": ("最後審查", "最近審查日", "清查日期", "last review"),
        "shared": ("共用", "共用帳號"),
    },
    DEVICES: {
        "subject": ("設備", "設備編號", "設備名稱", "device", "device id", "device name"),
        "managed": ("納管", "受管理", "是否納管"),
        "uniquely_identified": ("唯一識別", "設備識別", "unique identity"),
        "compliant": ("合規", "符合基準"),
        "risk_controlled": ("風險受控", "控管措施", "risk controlled"),
        "detection_response": ("edr", "端點偵測與回應", "偵測與回應"),
        "disk_encrypted": ("磁碟加密", "硬碟加密", "disk encryption"),
        "patch_age_days": ("未修補天數", "修補落後天數", "patch age"),
        "jailbroken": ("越獄", "破解", "root"),
        "owner_kind": ("擁有別", "所有權", "ownership"),
        "gateway_only": ("僅經閘道", "經中繼閘道"),
        "attested": ("已聲明", "聲明"),
        "remote_wipe": ("遠端抹除", "遠端清除"),
        "settings_locked": ("設定鎖定", "禁止變更設定"),
        "official_apps_only": ("僅官方應用程式", "僅官方商店"),
        "wireless_restricted": ("無線受限", "限制無線連線"),
        "storage_restricted": ("儲存受限", "限制儲存"),
        "transfer_protected": ("傳輸保護", "傳輸加密"),
        "screen_lock": ("螢幕鎖定", "screen lock"),
        "agreement_signed": ("已簽同意書", "同意書", "簽署同意書"),
        "tethering_blocked": ("禁止網路分享", "禁止熱點"),
        "reset_on_handover": ("交接重設", "移交重設"),
        "source": ("來源", "管理系統"),
        "last_seen": ("最後連線", "最後上線", "最後回報日", "last seen"),
    },
    TRAINING: {
        "subject": ("人員", "員工", "員工編號", "受訓人員", "person", "employee", "employee id"),
        "course": ("課程", "課程名稱", "course name"),
        "topic": ("主題", "課程類別", "類別", "category"),
        "hours": ("時數", "訓練時數", "duration hours"),
        "completed": ("完訓日", "完成日期", "完訓日期", "completed on", "completion date"),
        "passed": ("合格", "通過", "是否合格", "pass"),
    },
    RESTORE_DRILLS: {
        "subject": ("系統", "系統名稱", "演練系統", "system", "data set"),
        "passed": ("合格", "通過", "成功", "演練通過", "pass", "success"),
        "held": ("演練日", "演練日期", "date", "held on", "drill date"),
        "rto_minutes": ("實際復原分鐘", "實測 rto", "實測rto（分鐘）", "measured rto"),
        "rto_target_minutes": ("目標復原分鐘", "rto 目標", "rto目標（分鐘）", "target rto"),
        "rpo_minutes": ("實際資料遺失分鐘", "實測 rpo", "實測rpo（分鐘）", "measured rpo"),
        "rpo_target_minutes": ("目標資料遺失分鐘", "rpo 目標", "rpo目標（分鐘）", "target rpo"),
        "isolated": ("隔離環境", "於隔離環境"),
        "layer": ("備援層", "recovery layer"),
    },
    EXERCISES: {
        "subject": ("服務", "系統", "參演單位", "service", "system"),
        "passed": ("合格", "通過", "達成目標", "pass"),
        "scenario": ("情境", "演練情境", "劇本"),
        "held": ("演練日", "演練日期", "date", "held on"),
        "participants": ("參與人數", "參演人數"),
        "improvements_open": ("未結改善事項", "待改善項數", "open improvements"),
    },
}
"Kind → field → what its column may be called besides the field's own name."

ASSETS: Mapping[str, str] = {
    ACCOUNTS: "account",
    DEVICES: "device",
    TRAINING: "person",
    RESTORE_DRILLS: "system",
}
"Kind of asset a subject without one is taken for."

FACETS: Mapping[str, str] = {
    TRAINING: "topic",
    RESTORE_DRILLS: "layer",
    EXERCISES: "scenario",
    "log.source/1": "layer",
    "detection.replay/1": "technique",
    "device.response/1": "technique",
    "network.resilience_test/1": "scenario",
    "incident.finding/1": "ticket",
}
"Kind → field that tells its looks apart where the list has no column for it."

MOMENTS: Mapping[str, str] = {RESTORE_DRILLS: "held", EXERCISES: "held"}
"Kind → field that says when it was observed where the list has no column for it."

VALUES: Mapping[str, Mapping[str, str]] = {
    "authenticators": {
        "密碼": "password",
        "通行碼": "password",
        "一次性密碼": "totp",
        "otp": "totp",
        "簡訊": "sms",
        "推播": "push",
        "智慧卡": "smartcard",
        "晶片卡": "smartcard",
        "憑證卡": "smartcard",
        "通行金鑰": "fido2",
        "passkey": "fido2",
        "安全金鑰": "fido2",
    },
    "owner_kind": {
        "配發": "issued",
        "機構配發": "issued",
        "自攜": "byod",
        "自攜設備": "byod",
        "外部": "external",
        "外部人員": "external",
    },
    "topic": {
        "資安認知": "awareness",
        "資安意識": "awareness",
        "雲端": "cloud",
        "人工智慧": "ai",
        "物聯網": "iot",
        "深度偽造": "deepfake",
        "深偽": "deepfake",
        "董事會": "board",
        "董事": "board",
        "事件應變": "response",
        "應變": "response",
    },
    "outcome": {
        "已觀測": "seen",
        "不存在": "absent",
        "無法連線": "unreachable",
        "失敗": "failed",
    },
}
"Field → word in a list → our word."


def plain(text: str) -> str:
    """Give a heading or word as it is compared: width, case, spaces and hyphens do not matter."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text).casefold())
