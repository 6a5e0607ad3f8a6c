"""What in a text identifies a person, an account, a customer or something internal.

National ids count with their checksum (內政部's rule, and that of resident certificates),
cards with Luhn's (ISO/IEC 7812-1), so that serial numbers stay. Names of people are found by the
title or role they stand with, and wherever the same name stands again; names of hosts, users and
customers are those the estate and the member's own lists declare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from panshi.alliance.extraction.indicators import Indicator, Kind, host_of


class Identity(StrEnum):
    """What is identified."""

    PERSON = "person"
    NATIONAL_ID = "national-id"
    PHONE = "phone"
    CARD = "card"
    BANK_ACCOUNT = "bank-account"
    ACCOUNT = "account"
    MAIL = "mail"
    CUSTOMER = "customer"
    HOST = "host"
    ADDRESS = "internal-address"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Identifying:
    """One thing that identifies and where it stands."""

    start: int
    end: int
    kind: Identity
    text: str
    why: str
    "In a word: `checksum`, `title`, `declared`, `again` …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the institution says is its own."""

    hosts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    "Its own names: whole, short, English."
    domains: tuple[str, ...] = ()
    "Its own domains: mail and hosts below them are internal."


_ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][1-289A-Da-d]\d{8}(?![A-Za-z0-9])")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"In the order of their numbers, from 10."
_CARD = re.compile(r"(?<![\dA-Fa-f-])(?:\d[ -]?){12,18}\d(?![\dA-Fa-f]|-\d)")
_PHONE = re.compile(
    r"(?<![\dA-Za-z.])(?:\+?886[- ]?|\(?0)(?:9\d{2}[- ]?\d{3}[- ]?\d{3}|[2-8]\d?\)?[- ]?\d{3,4}[- ]?\d{4})(?:\s?(?:#|分機|轉|ext\.?)\s?\d{1,6})?(?![\d.])"  # noqa: E501 -- a table
)
_ACCOUNT_NUMBER = re.compile(
    r"(?:帳號|帳戶|存款帳號|扣款帳號|匯款帳號|account (?:no\.?|number))\s?(?:為|是|：|:)?\s?(?P<it>\d{3}[- ]?\d{3,6}[- ]?\d{4,9}|\d{10,16})(?!\d)",  # noqa: E501 -- a table
    re.IGNORECASE,
)
_USER = re.compile(
    r"(?:使用者帳號|登入帳號|員工帳號|管理者帳號|AD 帳號|網域帳號|帳號|使用者|user(?:name)?|account|login)\s?(?:為|是|：|:|named|called)?\s?[「\"'“]?(?P<it>[A-Za-z][A-Za-z0-9]*[._\\-]?[A-Za-z0-9._-]*\d[A-Za-z0-9._-]*|[A-Za-z]+[._][A-Za-z0-9._]+)",  # noqa: E501 -- a table
    re.IGNORECASE,
)
_DOMAIN_USER = re.compile(r"(?<![A-Za-z0-9\\:])[A-Z][A-Z0-9-]{1,14}\\(?P<it>[A-Za-z][\w.$-]{1,40})")
_SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴范方宋鄧杜侯曹薛傅丁溫紀蔣歐藍連唐馬董石卓程姚康馮古姜湯汪白田涂鄒巫尤龔嚴韓袁金童陸夏倪"  # noqa: E501
_TITLES = "先生|小姐|女士|君|經理|副理|協理|襄理|專員|科長|處長|副總|總經理|主任|課長|組長|工程師|資安長|董事長|行員|理專|襄理|業務員|主管|同仁|員|科員|部長|店長|行長"  # noqa: E501
_ROLES = "姓名|聯絡人|聯繫人|承辦人|承辦人員|通報人|通報人員|負責人|經辦|客戶|員工|行員|保戶|窗口|申請人|當事人|要保人|被保險人|同仁|工程師|經理|專員"  # noqa: E501
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff○ＯO＊*]{{1,2}}"
_TITLED = re.compile(rf"(?P<it>{_NAME}?)(?=\s?(?:{_TITLES}))")
_ROLED = re.compile(
    rf"(?:{_ROLES})\s?(?:為|是|：|:|、)\s?(?P<it>{_NAME})(?=[\s，。；、（）()：:,;/]|\d|$|電話|先生|小姐|分機|於|的|手機|email)",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr)\.?\s(?P<it>[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,2})"
    r"|(?<![A-Za-z])(?i:contact|reported by|contact person|name|employee)\s?:\s?(?P<it2>[A-Z][a-z]+(?:[ -][A-Z][a-z]+){1,2})"  # noqa: E501 -- a table
)
_NO_NAMES = frozenset(
    [
        "高階主管",
        "金融同仁",
        "金管",
        "連線",
        "連至",
        "高權限",
        "方式",
        "方法",
        "程式",
        "時間",
        "高風險",
        "石化",
        "何時",
        "白名單",
        "金鑰",
        "金額",
        "夏令",
        "馬上",
        "連結",
        "簡訊",
        "程序",
        "連接",
        "田野",
        "江湖",
        "游標",
        "施行",
        "施工",
        "高度",
        "古典",
        "董事",
        "金融",
        "金控",
        "金庫",
        "許多",
        "許可",
        "高階",
        "周邊",
        "何種",
        "徐徐",
        "黃色",
        "白色",
        "藍色",
        "連續",
        "溫度",
        "高層",
        "方案",
        "康復",
    ]
)
_HOST = re.compile(
    r"(?<![A-Za-z0-9.\\/_-])(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*-)[A-Z][A-Z0-9]{1,14}(?:-[A-Z0-9]{1,14}){1,4}(?![A-Za-z0-9._-])"
)
_PUBLISHED = re.compile(
    r"^(?:CVE|CWE|CAPEC|MS\d+|KB\d+|RFC|ISO|SHA|MD5|AES|RSA|UTF|TLS|SSL|TCP|UDP|COVID|APT|FIN|UNC|TA\d|WIN|X86|GPT|F-ISAC)-",
    re.IGNORECASE,
)


def identifying(
    text: str, declared: Declared, indicators: Iterable[Indicator] = ()
) -> tuple[Identifying, ...]:
    """Find everything, in order and without overlap; the longer of two wins."""
    found = [
        *_declared(text, declared),
        *_numbers(text),
        *_persons(text),
        *_accounts(text),
        *_internal(declared, indicators),
        *_hosts(text),
    ]
    found += list(_again(text, found))
    ordered = sorted(found, key=lambda each: (-(each.end - each.start), each.start))
    kept: list[Identifying] = []
    for each in ordered:
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return tuple(sorted(kept))


def national_id_holds(text: str) -> bool:
    """Whether ten characters are a national id or the number of a resident certificate."""
    plain = text.upper()
    number = _LETTERS.index(plain[0]) + 10
    second = plain[1]
    digit = (_LETTERS.index(second) + 10) % 10 if second.isalpha() else int(second)
    digits = (number // 10, number % 10, digit, *(int(each) for each in plain[2:]))
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def luhn_holds(digits: str) -> bool:
    """Whether a card number's last digit fits the others."""
    total = 0
    for at, each in enumerate(reversed(digits)):
        value = int(each) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 -- ISO/IEC 7812-1, annex B
    return total % 10 == 0


def _made(match: re.Match[str], kind: Identity, why: str, group: str | int = 0) -> Identifying:
    return Identifying(
        start=match.start(group), end=match.end(group), kind=kind, text=match[group], why=why
    )


def _numbers(text: str) -> Iterator[Identifying]:
    for match in _ID.finditer(text):
        if national_id_holds(match.group()):
            yield _made(match, Identity.NATIONAL_ID, "checksum")
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if luhn_holds(digits) and digits[0] in "3456" and len(set(digits)) > 1:
            yield _made(match, Identity.CARD, "checksum")
    for match in _PHONE.finditer(text):
        yield _made(match, Identity.PHONE, "form")
    for match in _ACCOUNT_NUMBER.finditer(text):
        yield _made(match, Identity.BANK_ACCOUNT, "said", "it")


def _persons(text: str) -> Iterator[Identifying]:
    for match in _ROLED.finditer(text):
        if match["it"] not in _NO_NAMES:
            yield _made(match, Identity.PERSON, "role", "it")
    for match in _TITLED.finditer(text):
        if match["it"] and match["it"] not in _NO_NAMES:
            yield _made(match, Identity.PERSON, "title", "it")
    for match in _ENGLISH.finditer(text):
        yield _made(match, Identity.PERSON, "title", "it" if match["it"] else "it2")


def _accounts(text: str) -> Iterator[Identifying]:
    for pattern in (_USER, _DOMAIN_USER):
        for match in pattern.finditer(text):
            yield _made(match, Identity.ACCOUNT, "said", "it")


def _hosts(text: str) -> Iterator[Identifying]:
    for match in _HOST.finditer(text):
        if not _PUBLISHED.match(match.group()):
            yield _made(match, Identity.HOST, "form")


def _internal(declared: Declared, indicators: Iterable[Indicator]) -> Iterator[Identifying]:
    """Give private addresses, and mail and hosts below the institution's own domains."""
    domains = tuple(each.lower().lstrip("@.") for each in declared.domains)
    for each in indicators:
        kind = None
        if each.kind in {Kind.IPV4, Kind.IPV6} and ip_address(each.value).is_private:
            kind = Identity.ADDRESS if _is_internal(each.value) else None
        elif each.kind in {Kind.EMAIL, Kind.URL, Kind.DOMAIN}:
            host = host_of(each) or each.value
            if any(host == own or host.endswith(f".{own}") for own in domains):
                kind = Identity.MAIL if each.kind is Kind.EMAIL else Identity.HOST
        if kind is not None:
            yield Identifying(
                start=each.start, end=each.end, kind=kind, text=each.text, why="internal"
            )


def _is_internal(value: str) -> bool:
    """Whether an address is one of RFC 1918 or RFC 4193, not one for documents."""
    return value.startswith(("10.", "192.168.", "fc", "fd")) or bool(
        re.match(r"172\.(?:1[6-9]|2\d|3[01])\.", value)
    )


def _declared(text: str, declared: Declared) -> Iterator[Identifying]:
    for kind, names in (
        (Identity.HOST, declared.hosts),
        (Identity.ACCOUNT, declared.users),
        (Identity.PERSON, declared.persons),
        (Identity.CUSTOMER, declared.customers),
        (Identity.ORGANISATION, declared.organisation),
        (Identity.HOST, declared.domains),
    ):
        for name in names:
            yield from _places(text, name, kind, "declared")


def _again(text: str, found: Iterable[Identifying]) -> Iterator[Identifying]:
    """Give every other place at which a person, account or host found once stands."""
    kinds = {Identity.PERSON, Identity.ACCOUNT, Identity.HOST, Identity.CUSTOMER}
    known = {(each.text, each.kind) for each in found if each.kind in kinds}
    for name, kind in sorted(known):
        yield from _places(text, name, kind, "again")


def _places(text: str, name: str, kind: Identity, why: str) -> Iterator[Identifying]:
    if len(name.strip()) < 2:  # noqa: PLR2004 -- one character stands everywhere
        return
    low, wanted = text.lower(), name.lower()
    if len(low) != len(text):
        low, wanted = text, name
    at = low.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not (
            (_latin(wanted[0]) and at and _latin(low[at - 1]))
            or (_latin(wanted[-1]) and end < len(low) and _latin(low[end]))
        ):
            yield Identifying(start=at, end=end, kind=kind, text=text[at:end], why=why)
        at = low.find(wanted, end)


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
