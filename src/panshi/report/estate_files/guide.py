"""Words of the spreadsheet: how to fill it in, and what kinds and columns are called."""

from __future__ import annotations

from panshi.model.asset import AssetKind

_GUIDE = """
如何填寫磐石資產清冊
How to fill in a Panshi estate

每一種資產一張工作表。第 1 列為機器名稱，請勿更動；第 2 列為說明；自第 3 列起每列一項資產。
One sheet per kind of asset. Row 1 holds machine names, leave it as it is; row 2 explains; from
row 3 on, each row is one asset.

可刪除不需要的工作表與欄位；無法辨識者會被拒絕，以免資料悄悄遺漏。名稱以底線開頭的工作表不會讀取。
Sheets and columns you do not need may be removed. Unknown ones are refused, so that nothing is
left out silently. Sheets whose names begin with an underscore are not read.

識別碼寫成「種類:名稱」，例如 host:dc1-core-01；整份清冊中不得重複。
An identity is written kind:name, for example host:dc1-core-01, and occurs once.

其他識別名稱是觀測工具可能使用的名稱，例如 host:10.1.2.3；一個名稱只能屬於一項資產。
Other identifiers are names that scanners may use, for example host:10.1.2.3; each belongs to one
asset.

來源清冊是宣稱該資產存在的來源，例如 cmdb; edr。兩份獨立清冊可估計雙方都沒看到的資產。
Inventories are the sources that claim the asset exists, for example cmdb; edr. Two independent
ones allow an estimate of what neither sees.

一格多個值以分號分隔，或每行一個。空白代表不知道；要表示「確定沒有」請寫 []。
Separate several values with semicolons, or write one per line. An empty cell means not known;
write [] for surely none.

是否欄位填 TRUE 或 FALSE，或「是」、「否」；日期填 2026-09-30；列舉值可填英文值或任一語言的說明。
Yes-or-no columns take TRUE or FALSE; dates are written 2026-09-30; enumerations take the value or
its label in either language.

不得使用公式。橙色欄名為必填。有任何一格錯誤，整份清冊都不會匯入，並列出每一格的位置。
Formulas are refused. Names on orange must be filled in. If one cell is wrong nothing is imported,
and every wrong cell is listed with its address.
"""

GUIDE: tuple[tuple[str, str], ...] = tuple(
    (zh, " ".join(en)) for zh, *en in (part.split("\n") for part in _GUIDE.strip().split("\n\n"))
)
"Pairs of zh-TW and English; the first is the title."

KIND_WORDS: dict[AssetKind, tuple[str, str]] = {
    AssetKind.INSTITUTION: ("機構", "institution"),
    AssetKind.SERVICE: ("服務", "business service"),
    AssetKind.SYSTEM: ("系統", "system"),
    AssetKind.SOFTWARE: ("軟體", "software"),
    AssetKind.HOST: ("主機", "host"),
    AssetKind.DEVICE: ("設備", "end-user device"),
    AssetKind.ACCOUNT: ("帳號", "account"),
    AssetKind.ZONE: ("網路區域", "network zone"),
    AssetKind.ENDPOINT: ("端點", "endpoint"),
    AssetKind.DATASET: ("資料集", "data set"),
    AssetKind.CRYPTO: ("密碼資產", "crypto asset"),
    AssetKind.API: ("應用程式介面", "API"),
    AssetKind.AI_SYSTEM: ("AI 系統", "AI system"),
    AssetKind.SITE: ("據點", "site"),
    AssetKind.SUPPLIER: ("供應商", "supplier"),
    AssetKind.CONTRACT: ("契約", "contract"),
    AssetKind.PERSON: ("人員（假名）", "person (pseudonym)"),
    AssetKind.ROLE: ("職務", "role"),
    AssetKind.MOBILE_APP: ("行動應用程式", "mobile app"),
    AssetKind.SOCIAL_ACCOUNT: ("社群帳號", "social account"),
    AssetKind.IOT_DEVICE: ("物聯網設備", "IoT device"),
}
