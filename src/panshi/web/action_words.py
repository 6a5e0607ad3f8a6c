"""Actions of the trail in words; those without one are shown by their own name only."""

from __future__ import annotations

from panshi.model.bodies import KINDS
from panshi.web.words import Pair, pick

ACTIONS: dict[str, Pair] = {
    "access.end": ("結束或限縮工作階段", "ended or narrowed a session"),
    "account.make": ("建立帳號", "made an account"),
    "account.manage": ("管理帳號", "managed an account"),
    "account.roles": ("依群組調整角色", "set roles by groups"),
    "account.self": ("修改自己的帳號", "changed their own account"),
    "activity.export": ("匯出軌跡", "exported the trail"),
    "activity.view": ("查看軌跡", "looked at the trail"),
    "api.failure": ("API 內部錯誤", "internal fault of the API"),
    "authenticator.add": ("新增通行密鑰", "added a passkey"),
    "authenticator.remove": ("移除通行密鑰", "removed a passkey"),
    "break_glass.decide": ("決定緊急使用", "decided on break-glass"),
    "claim.make": ("提出主張", "claimed a share"),
    "demo.build": ("建立示範資料", "built the demo data"),
    "device.approve": ("核可設備", "vouched for a device"),
    "device.references": ("核可開機參考值", "approved the boot of devices"),
    "device.revoke": ("撤銷設備", "revoked a device"),
    "disclosure.file": ("取出隔離檔案", "took a file out of quarantine"),
    "disclosure.handle": ("處理漏洞通報", "worked on a disclosure case"),
    "disclosure.key": ("產生通報金鑰", "made a key of the disclosure channel"),
    "disclosure.publish": ("公布安全公告", "published an advisory"),
    "disclosure.receive": ("收到漏洞通報", "received a vulnerability report"),
    "disclosure.write": ("漏洞通報往來訊息", "wrote in a disclosure case"),
    "estate.change": ("變更資產", "changed an estate"),
    "evidence.download": ("下載證明", "downloaded a proof"),
    "evidence.personal": ("讀取個人資料內容", "read a body with personal data"),
    "evidence.redact": ("刪除內容", "erased a body"),
    "evidence.view": ("查看證據", "looked at evidence"),
    "exposure.approve": ("核可曝險檢查位址", "approved an address for checks"),
    "exposure.handle": ("處理曝險檢查位址", "worked on an address for checks"),
    "grant.decide": ("核定特權存取", "decided on privileged access"),
    "hub.enrol": ("以註冊碼註冊金鑰", "enrolled with a code"),
    "hub.token_issue": ("產生會員權杖", "made a member's token"),
    "hub.token_revoke": ("撤銷會員權杖", "revoked a member's token"),
    "hub_member.decide": ("核准或駁回會員金鑰", "decided on a member's key"),
    "hub_member.invite": ("邀請會員", "invited a member"),
    "hub_member.stand": ("暫停、恢復或撤銷會員", "suspended, resumed or revoked a member"),
    "intel.allow": ("決定不採計的值", "decided what binds nothing"),
    "intel.work": ("取回、比對或回報情資", "pulled, searched for or told back intelligence"),
    "hub_member.terms": ("設定會員配額與社群", "set a member's quotas and circles"),
    "identity.remove": ("移除機構登入設定", "removed the organisation's sign-in"),
    "identity.set": ("設定機構登入", "set up the organisation's sign-in"),
    "key.rotate": ("更換簽章金鑰", "rotated the signing key"),
    "log.verify": ("重新驗證證據紀錄", "re-read the whole log"),
    "norm.decide": ("判斷條文對照", "judged a pair of clauses"),
    "norm.import": ("匯入規範", "took in a norm"),
    "not_applicable.sign": ("簽署不適用", "signed that a control does not apply"),
    "observe": ("觀測", "observed"),
    "observer.run": ("執行觀測", "ran an observer"),
    "ownership.assign": ("指派負責人", "assigned owners"),
    "plan.adopt": ("採行路徑", "adopted a path"),
    "project.change": ("變更專案", "changed a project"),
    "parameter.change": ("變更參數", "changed a threshold"),
    "recovery_code.use": ("使用備用碼", "used a recovery code"),
    "report.zt_scope": ("下載零信任場域盤點表", "took the zero-trust scope"),
    "reward.rule": ("處理獎勵點數", "worked on points for intelligence"),
    "scope.answer": ("回答零信任盤點", "answered about the zero-trust scope"),
    "scope.decide": ("決定零信任場域", "decided about the zero-trust scope"),
    "zt.scope.label": ("將場域寫入資產", "labelled an estate with its fields"),
    "session.begin": ("登入", "signed in"),
    "finding.follow": ("記錄弱點處置", "followed up a finding"),
    "alert.channels": ("改變警示管道", "changed where alerts go"),
    "session.end": ("登出", "signed out"),
    "token.make": ("產生權杖", "made a token"),
    "token.manage": ("管理權杖", "managed tokens"),
    "token.revoke": ("撤銷權杖", "revoked a token"),
    "token.rotate": ("更換權杖", "rotated a token"),
    "zt_policy.approve": ("決定零信任政策", "decided on zero-trust policies"),
    "zt_policy.draft": ("撰寫零信任政策", "wrote zero-trust policies"),
    "zt_stream.change": ("改變共享訊號的來源", "changed a feed of shared signals"),
}


def action_word(action: str) -> str:
    """Say an action of the trail in words; empty where there are none."""
    kind = KINDS.get(action)
    if kind is not None:
        return pick((kind.title_zh, kind.title_en))
    found = ACTIONS.get(action)
    return pick(found) if found else ""
