"""How far an incident reaches: counts of customers, records, accounts, machines, and money.

A count is told only together with what is counted, before it or behind it; money only with its
currency. Chinese numerals of ten thousand and hundred million (萬, 億) are multiplied out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """What is counted."""

    CUSTOMERS = "customers"
    RECORDS = "records"
    ACCOUNTS = "accounts"
    HOSTS = "hosts"
    INSTITUTIONS = "institutions"
    MONEY = "money"
    VOLUME = "data-volume"
    DOWNTIME = "downtime"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Scope:
    """One figure and the span of text that tells it."""

    start: int
    end: int
    text: str
    reach: Reach
    count: int
    "Money in whole units of its currency; volume in bytes; downtime in minutes."
    unit: str = ""
    "Currency (ISO 4217) of money."


_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?P<times>千萬|百萬|萬|億|千|百|million|billion|thousand|k|m|bn)?(?:(?<=[萬億])\s?(?P<tail>\d{1,4})(?P<tail_times>千萬|百萬|萬|千|百)?)?"  # noqa: E501 -- a table
_ABOUT = r"(?:約|共計|共|計|逾|超過|近|至少|達|高達|為|有|數量|人數|筆數)?\s?"
_ZH_NOUNS: dict[Reach, str] = {
    Reach.CUSTOMERS: "客戶|保戶|投資人|會員|用戶|存戶|持卡人|消費者|民眾|當事人|要保人|被保險人",
    Reach.RECORDS: "個資|個人資料|客戶資料|會員資料|資料|紀錄|記錄|信件|郵件|交易|保單|檔案",
    Reach.ACCOUNTS: "帳號|帳戶|信箱|使用者帳號",
    Reach.HOSTS: "主機|伺服器|電腦|端點|設備|工作站|虛擬機|筆電|系統",
    Reach.INSTITUTIONS: "機構|公司|會員機構|金融機構|銀行|券商",
}
_ZH_UNITS: dict[Reach, str] = {
    Reach.CUSTOMERS: "名|位|人|戶",
    Reach.RECORDS: "筆|封|份|件|張",
    Reach.ACCOUNTS: "個|組|戶",
    Reach.HOSTS: "台|臺|部|個",
    Reach.INSTITUTIONS: "家|間|個",
}
_EN_NOUNS: dict[Reach, str] = {
    Reach.CUSTOMERS: r"customers|clients|policy ?holders|card ?holders|investors|consumers|individuals|people|members|victims",  # noqa: E501 -- a table
    Reach.RECORDS: r"records|emails|messages|files|documents|transactions|policies",
    Reach.ACCOUNTS: r"accounts|mailboxes|users",
    Reach.HOSTS: r"hosts|servers|computers|endpoints|machines|workstations|devices|systems|laptops|virtual machines",  # noqa: E501 -- a table
    Reach.INSTITUTIONS: r"institutions|banks|organi[sz]ations|companies|firms",
}
_CURRENCIES = {
    "新臺幣": "TWD", "新台幣": "TWD", "臺幣": "TWD", "台幣": "TWD", "nt$": "TWD", "ntd": "TWD",
    "twd": "TWD", "美金": "USD", "美元": "USD", "us$": "USD", "usd": "USD", "$": "USD",
    "歐元": "EUR", "eur": "EUR", "日圓": "JPY", "人民幣": "CNY", "港幣": "HKD",
}  # fmt: skip
_CURRENCY = "|".join(re.escape(each) for each in sorted(_CURRENCIES, key=lambda c: -len(c)))
_MONEY = re.compile(
    rf"(?P<before>{_CURRENCY})\s?{_ABOUT}{_NUMBER}\s?餘?元?|{_NUMBER.replace('number', 'number2').replace('times', 'times2').replace('tail', 'tail2')}\s?餘?(?P<after>{_CURRENCY}|元|dollars)",  # noqa: E501 -- a table
    re.IGNORECASE,
)
_VOLUME = re.compile(rf"{_NUMBER}\s?(?P<size>TB|GB|MB)(?![A-Za-z])", re.IGNORECASE)
_DOWNTIME = re.compile(
    rf"(?:停機|中斷|停止服務|服務中斷|無法使用|停擺|outage|downtime|unavailable for|offline for)\D{{0,12}}?{_NUMBER}\s?(?:個)?(?P<span>小時|分鐘|天|日|hours?|minutes?|days?)",  # noqa: E501 -- a table
    re.IGNORECASE,
)
_MINUTES = {"小": 60, "分": 1, "天": 1_440, "日": 1_440, "h": 60, "m": 1, "d": 1_440}
_TIMES = {
    "千": 10**3, "百": 10**2, "萬": 10**4, "百萬": 10**6, "千萬": 10**7, "億": 10**8,
    "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "billion": 10**9, "bn": 10**9,
}  # fmt: skip
_SIZES = {"TB": 10**12, "GB": 10**9, "MB": 10**6}


def _counted() -> tuple[tuple[Reach, re.Pattern[str]], ...]:
    made = []
    for reach, nouns in _ZH_NOUNS.items():
        units, english = _ZH_UNITS[reach], _EN_NOUNS[reach]
        for pattern in (
            rf"(?:{nouns})\s?{_ABOUT}{_NUMBER}\s?[餘多]?(?:{units})(?!月)",
            rf"{_NUMBER}\s?[餘多]?(?:{units})[^，。；、\d]{{0,8}}?(?:{nouns})",
            rf"(?<![A-Za-z0-9$.]){_NUMBER}(?:\s[a-z-]+){{0,2}}?\s(?:{english})(?![A-Za-z])",
        ):
            made.append((reach, re.compile(pattern, re.IGNORECASE)))  # noqa: PERF401 -- two loops
    return tuple(made)


_COUNTED = _counted()


def impact(text: str) -> tuple[Scope, ...]:
    """Find every figure that says how far it reaches, in the order of the text."""
    found = [*_money(text)]
    for match in _VOLUME.finditer(text):
        size = _SIZES[match["size"].upper()]
        found.append(_scope(match, Reach.VOLUME, _value(match) * size))
    for match in _DOWNTIME.finditer(text):
        minutes = _MINUTES[match["span"][0].lower()]
        found.append(_scope(match, Reach.DOWNTIME, _value(match) * minutes))
    for reach, pattern in _COUNTED:
        for match in pattern.finditer(text):
            found.append(_scope(match, reach, _value(match)))  # noqa: PERF401 -- two loops
    return tuple(_first_of_each(sorted(found, key=lambda each: (each.start, -each.end))))


def _money(text: str) -> list[Scope]:
    found = []
    for match in _MONEY.finditer(text):
        named = (match["before"] or match["after"] or "").lower()
        unit = _CURRENCIES.get(named, "USD" if named == "dollars" else "TWD")
        found.append(
            _scope(match, Reach.MONEY, _value(match, "" if match["number"] else "2"), unit)
        )
    return found


def _scope(match: re.Match[str], reach: Reach, count: float, unit: str = "") -> Scope:
    return Scope(
        start=match.start(),
        end=match.end(),
        text=match.group(),
        reach=reach,
        count=round(count),
        unit=unit,
    )


def _value(match: re.Match[str], which: str = "") -> float:
    """Multiply out a figure, `3萬5千` too."""
    groups = match.groupdict()
    head = float((groups[f"number{which}"] or "0").replace(",", "")[:18])
    tail = float(groups[f"tail{which}"] or 0)
    head *= _TIMES.get((groups[f"times{which}"] or "").lower(), 1)
    tail_times = groups.get(f"tail{which}_times") or ""
    return head + tail * _TIMES.get(tail_times, 1)


def _first_of_each(found: list[Scope]) -> list[Scope]:
    """Of figures that overlap keep the first."""
    kept: list[Scope] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept
