"""What identifies is found by its checksum, its title, its form or because it was declared."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction import indicators
from panshi.alliance.extraction.deidentification.finding import (
    Declared,
    identifying,
    luhn_holds,
    national_id_holds,
)

OWN = Declared(
    hosts=("core-db-7",),
    users=("svc_backup",),
    persons=("歐陽小明",),
    customers=("遠山貿易",),
    organisation=("磐石示範銀行",),
    domains=("bank.example.com",),
)


def found(text, declared=OWN):
    told = identifying(text, declared, indicators(text))
    return [(each.kind.value, each.text) for each in told]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("身分證字號 A123456789", "national-id", "A123456789"),
        ("居留證 A800000014", "national-id", "A800000014"),
        ("卡號 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("手機 0912-345-678", "phone", "0912-345-678"),
        ("電話 +886-2-2345-6789", "phone", "+886-2-2345-6789"),
        ("電話 (02)2345-6789 分機 101", "phone", "(02)2345-6789 分機 101"),
        ("通報人：王大明，", "person", "王大明"),
        ("陳小華先生來電", "person", "陳小華"),
        ("Reported by: John Chen", "person", "John Chen"),
        ("contact Ms. Mary Lin today", "person", "Mary Lin"),
        ("歐陽小明確認", "person", "歐陽小明"),
        ("匯款帳號 012-345-678901234", "bank-account", "012-345-678901234"),
        ("員工帳號 wang.dm01 登入", "account", "wang.dm01"),
        (r"以 CORP\jchen 登入", "account", "jchen"),
        ("svc_backup 帳號", "account", "svc_backup"),
        ("主機 TPE-AP-WEB01 異常", "host", "TPE-AP-WEB01"),
        ("主機 core-db-7 異常", "host", "core-db-7"),
        ("連到 intra.bank.example.com 查看", "host", "intra.bank.example.com"),
        ("寄給 wang@bank.example.com", "mail", "wang@bank.example.com"),
        ("位址 10.1.2.3", "internal-address", "10.1.2.3"),
        ("客戶遠山貿易受騙", "customer", "遠山貿易"),
        ("磐石示範銀行公告", "organisation", "磐石示範銀行"),
    ],
)
def test_one(text, kind, value):
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "編號 A123456788",
        "序號 4111111111111112",
        "來源 203.0.113.5 與 evil.example.org",
        "CVE-2024-3094 與 KB5034441、MS17-010",
        "版本 2.4.49，日期 2026-03-05",
        "樣本 d41d8cd98f00b204e9800998ecf8427e",
        "高權限同仁與金融主管說明",
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert found(text, Declared()) == []


def test_a_name_found_once_is_found_again():
    told = found("通報人：王大明。其後王大明回報。", Declared())

    assert told == [("person", "王大明"), ("person", "王大明")]


def test_checksums():
    assert national_id_holds("A123456789")
    assert not national_id_holds("A123456780")
    assert luhn_holds("4111111111111111")
    assert not luhn_holds("4111111111111112")


@given(st.integers(0, 10**14).map(str))
def test_exactly_one_last_digit_fits_a_card(body):
    assert sum(luhn_holds(f"{body}{last}") for last in range(10)) == 1


@given(st.text(max_size=200))
def test_places_lie_apart_in_any_text(text):
    told = identifying(text, OWN, indicators(text))
    assert all(text[each.start : each.end] == each.text for each in told)
    assert all(one.end <= other.start for one, other in pairwise(told))
