"""Indicators are found where they stand, however they are written, and nothing else is."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction import Kind, host_of, indicators

HEX = "0123456789abcdef"


def found(text):
    return [(each.kind.value, each.value) for each in indicators(text)]


LABEL = st.text(string.ascii_lowercase + string.digits, min_size=3, max_size=12).filter(
    lambda label: not label.isdigit()
)
DOMAIN = st.builds(
    lambda labels, top: ".".join((*labels, top)),
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(["com", "net", "org", "tw", "com.tw", "info", "top", "xyz", "ru", "cn"]),
)
ADDRESS = st.ip_addresses(v=4).map(str)
URL = st.builds(
    lambda scheme, host, path: f"{scheme}://{host}{path}",
    st.sampled_from(["http", "https", "ftp"]),
    st.one_of(DOMAIN, ADDRESS),
    st.sampled_from(["", "/", "/a/b.php", "/x?id=1&y=2", ":8443/gate", "/p_(q)"]),
)
ONE = st.one_of(
    st.tuples(st.just("domain"), DOMAIN),
    st.tuples(st.just("ipv4"), ADDRESS),
    st.tuples(st.just("ipv6"), st.ip_addresses(v=6).map(str).filter(lambda a: len(a) > 12)),
    st.tuples(st.just("url"), URL),
    st.tuples(st.just("email"), st.builds("{}@{}".format, LABEL, DOMAIN)),
    *(
        st.tuples(st.just(kind), st.text(HEX, min_size=size, max_size=size))
        for kind, size in (("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128))
    ),
    st.tuples(
        st.just("cve"),
        st.builds("CVE-{}-{:04}".format, st.integers(1999, 2030), st.integers(1, 99_999)),
    ),
).filter(lambda one: len(set(one[1])) > 5)
WAYS = (
    lambda plain: plain,
    lambda plain: plain.replace(".", "[.]").replace("http", "hxxp").replace("@", "[at]"),
    lambda plain: plain.replace(".", "(dot)").replace("://", "[:]//"),
    lambda plain: plain.replace(".", "{.}").replace("http", "hXXp").replace("@", "(@)"),
    lambda plain: plain.replace(".", "．").replace("@", "＠"),
    lambda plain: plain.replace(".", "\u200b."),
)
AROUND = (
    ("The implant contacted ", " every hour."),
    ("攻擊者利用", "作為中繼站，並橫向移動。"),
    ("（", "）"),
    ("C2: ", ", then it slept"),
    ("「", "」為惡意網址。"),
    ("", ""),
    ("• ", "\n• next"),
)


@given(ONE, st.sampled_from(WAYS), st.sampled_from(AROUND))
def test_one_is_found_where_it_stands_however_it_is_written(one, way, around):
    # Given an indicator in a sentence, defanged in one of the usual ways
    kind, plain = one
    written = plain if kind in {"cve", "ipv6"} else way(plain)
    text = around[0] + written + around[1]
    # When the text is read
    told = indicators(text)
    # Then it is told once, in plain form, with the span it stands at
    assert [(each.kind.value, each.value) for each in told] == [(kind, plain)]
    [each] = told
    assert text[each.start : each.end] == each.text
    assert each.text.strip("\u200b") == written.strip("\u200b")


@given(st.lists(ONE, min_size=1, max_size=6, unique_by=lambda one: one[1]), st.sampled_from(WAYS))
def test_many_in_one_text_are_all_told_in_order(ones, way):
    text = "；".join(way(plain) if kind not in {"cve", "ipv6"} else plain for kind, plain in ones)
    assert found(text) == ones


@pytest.mark.parametrize(
    "text",
    [
        "Windows version 10.0.19.41 and v1.2.3.4 and 版本 5.4.3.2",
        "e.g. ASP.NET, Node.js and System.Net were used, i.e. nothing",
        "at 12:30:45 and 08:15",
        "1.2.3 and 1.2.3.4.5 and 999.1.1.1 and 1.2.3.400",
        "hash 00000000000000000000000000000000",
        "deadbeef, 0xdeadbeefdeadbeefdeadbeefdeadbeefdead",
        "std::vector and a::b",
        "name@host without a suffix, @handle",
        "foo.bar.nosuchsuffix and readme.invalidtld",
        "完全沒有任何指標的一句話。",
        "price 3.14 and 50.00 NTD",
        "run unit.test and conf.local",
        "",
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("dropped setup.sh there", "file", "setup.sh"),
        ("dropped invoice.pdf.exe there", "file", "invoice.pdf.exe"),
        ("resolved bad[.]zip there", "domain", "bad.zip"),
        (r"run C:\Windows\Temp\x.dll, then", "file", r"C:\Windows\Temp\x.dll"),
        (r"HKLM\Software\Run\svc。", "registry-key", r"HKLM\Software\Run\svc"),
        ("CVE 2021 44228", "cve", "CVE-2021-44228"),
        ("受CVE‑2024‑3094影響", "cve", "CVE-2024-3094"),
        ("range 10.1.2.3/8 is", "ipv4-cidr", "10.0.0.0/8"),
        ("from AS13335", "asn", "AS13335"),
        ("８．８．４．４", "ipv4", "8.8.4.4"),
        ("pay 1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "bitcoin", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ("(see http://a.example.org/p_(x)).", "url", "http://a.example.org/p_(x)"),
        ("via hxxp://evil[.]example/a", "url", "http://evil.example/a"),
        ("beacon to c2.bad.example", "domain", "c2.bad.example"),
        ("resolved portal[.]corp[.]local there", "domain", "portal.corp.local"),
        ("xn--fiqs8s.xn--kprw13d", "domain", "xn--fiqs8s.xn--kprw13d"),
    ],
)
def test_particular_forms(text, kind, value):
    assert found(text) == [(kind, value)]


def test_the_host_within_is_told_apart():
    mail, place = indicators("user@mail.evil.com hxxp://C2[.]Evil[.]com:8080/a")
    assert (mail.kind, host_of(mail)) == (Kind.EMAIL, "mail.evil.com")
    assert (place.value, host_of(place)) == ("http://c2.evil.com:8080/a", "c2.evil.com")


@given(st.text(max_size=400))
def test_any_text_is_read_and_every_span_lies_within(text):
    for each in indicators(text):
        assert 0 <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.text


@pytest.mark.parametrize("piece", ["[.]", "a.", "1.", "http://", "::", "\\", "a@", "hxxp", "(dot)"])
def test_repetition_does_not_explode(piece):
    assert len(indicators(piece * 50_000)) <= 50_000
