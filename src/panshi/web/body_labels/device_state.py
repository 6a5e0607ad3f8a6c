"""Labels of what a machine tells of its own protection."""

from __future__ import annotations

LABELS = {
    "system": "作業系統",
    "kernel": "核心版本",
    "workstation": "是否為個人電腦",
    "support_ends": "安全更新終止日",
    "supported": "仍有安全更新",
    "engine": "防火牆引擎",
    "input_chains": "連入規則鏈數",
    "input_rules": "連入規則數",
    "drops_by_default": "預設拒絕連入",
    "filters_input": "過濾連入流量",
    "uefi": "UEFI 韌體",
    "secure_boot": "安全開機",
    "tpm": "TPM 2.0 晶片",
    "locks": "螢幕自動鎖定",
    "idle_seconds": "閒置鎖定秒數",
    "fixed": "使用者不得變更",
}
