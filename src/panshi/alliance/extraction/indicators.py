"""Indicators of compromise in free text, Chinese or English, defanged or not.

Addresses, domains, locators, mail addresses, digests, wallets and autonomous systems are
indicators; CVE ids, file names and registry keys are told apart. A name counts as a domain only
below a registered public suffix (publicsuffix.org), and where the suffix is also a usual ending of
file names (`.sh`, `.zip`) only if something marks it as an address. Version numbers are no
addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Network, IPv6Address, NetmaskValueError

from publicsuffixlist import PublicSuffixList

from panshi.alliance.extraction.refanging import Shadow, refang

LONGEST = 4 * 1024 * 1024
"Characters looked at; callers bound what they pass in."


class Kind(StrEnum):
    """What an indicator is."""

    IPV4 = "ipv4"
    IPV4_NETWORK = "ipv4-cidr"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"
    MONERO = "monero"
    ASN = "asn"
    CVE = "cve"
    FILE = "file"
    REGISTRY = "registry-key"


INDICATORS = frozenset(Kind) - {Kind.CVE, Kind.FILE, Kind.REGISTRY}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Indicator:
    """One finding and the span of text that is its reason."""

    start: int
    "Place in the original text."
    end: int
    "Place after the last character."
    kind: Kind
    value: str
    "In plain, normal form: refanged, lower-case where case means nothing."
    text: str
    "As written."
    defanged: bool
    "Whether its writer made it unclickable, which says that it is meant as an indicator."


_HASHES = {32: Kind.MD5, 40: Kind.SHA1, 64: Kind.SHA256, 128: Kind.SHA512}
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_NAME = rf"(?:{_LABEL}\.){{1,10}}(?:xn--[A-Za-z0-9-]{{1,59}}|[A-Za-z]{{2,24}})"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FOUR = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_BEFORE, _AFTER = r"(?<![A-Za-z0-9_.@-])", r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
_ENDING = "exe dll sys bat cmd ps1 psm1 vbs vbe js jse wsf hta lnk scr msi jar class py pyc pl rb sh elf so bin dat db tmp log cfg conf ini json xml yaml yml txt rtf csv doc docx docm xls xlsx xlsm ppt pptx pptm pdf odt zip rar 7z gz tar tgz iso img vhd cab apk ipa app dmg pkg php asp aspx jsp jspx htm html css png jpg jpeg gif bmp svg ico mp3 mp4 mov avi evtx pcap key pem cer crt pfx p12 bak old swp md rs go java cs cpp c h".split()  # noqa: E501, SIM905 -- a table
_PATTERN = re.compile(
    rf"""
    (?P<url> (?<![A-Za-z0-9]) (?:https?|ftps?|sftp|tcp|udp|ldaps?|rmi|wss?|smb|ssh)\ ?://\ ?
             [^\s<>"'`{{}}|\\^，。；、！？（）「」『』【】《》\u3000-\u303f\u4e00-\u9fff]+ )
  | (?P<email> (?<![A-Za-z0-9._%+/-]) [A-Za-z0-9_%+][A-Za-z0-9._%+-]{{0,63}}@{_NAME} {_AFTER} )
  | (?P<registry> (?<![A-Za-z0-9]) (?:HKEY_[A-Z_]{{4,22}}|HK(?:LM|CU|CR|U|CC)) :?
             (?:\\+[^\s\\<>"'，。；、（）「」]+(?:\ [A-Za-z0-9.]+(?=\\))?){{1,20}} )
  | (?P<cve> (?<![A-Za-z0-9]) CVE [-‐‑–\ _]\d{{4}} [-‐‑–\ _]\d{{4,7}} (?!\d) )
  | (?P<hash> (?<![A-Za-z0-9]) (?:[A-Fa-f0-9]{{128}}|[A-Fa-f0-9]{{64}}|[A-Fa-f0-9]{{40}}|[A-Fa-f0-9]{{32}}) (?![A-Za-z0-9]) )
  | (?P<ipv4> (?<![A-Za-z0-9_.-]) {_FOUR} (?:/(?:3[0-2]|[12]?\d)(?![\d/]))? (?!\d|\.\d|-\d+\.|[A-Za-z_]) )
  | (?P<ipv6> (?<![A-Za-z0-9:.]) (?:[0-9A-Fa-f]{{0,4}}:){{2,7}}(?:{_FOUR}|[0-9A-Fa-f]{{0,4}}) (?![A-Za-z0-9:.]) )
  | (?P<bitcoin> (?<![A-Za-z0-9]) (?:bc1[ac-hj-np-z02-9]{{11,71}}|[13][1-9A-HJ-NP-Za-km-z]{{25,34}}) (?![A-Za-z0-9]) )
  | (?P<ethereum> (?<![A-Za-z0-9]) 0x[A-Fa-f0-9]{{40}} (?![A-Za-z0-9]) )
  | (?P<monero> (?<![A-Za-z0-9]) [48][0-9AB][1-9A-HJ-NP-Za-km-z]{{93}} (?![A-Za-z0-9]) )
  | (?P<asn> (?<![A-Za-z0-9]) ASN?\ ?\d{{2,10}} (?![A-Za-z0-9]) )
  | (?P<path> (?<![A-Za-z0-9]) (?:[A-Za-z]:|%[A-Za-z_]{{2,20}}%|\\\\[A-Za-z0-9._$-]{{1,64}}) (?:\\[^\\/:*?"<>|\s，。；、（）「」]{{1,120}}){{1,30}} )
  | (?P<place> (?<![A-Za-z0-9_/.:~-]) /(?:etc|tmp|var|usr|opt|home|dev|roo[t]|bin|sbin|proc|srv|mnt|Users|Library)(?:/[A-Za-z0-9._+@-]{{1,100}}){{1,20}} )
  | (?P<file> (?<![A-Za-z0-9_./\\@-]) [A-Za-z0-9_][A-Za-z0-9_.()-]{{0,100}}\.(?:{"|".join(_ENDING)}) {_AFTER} )
  | (?P<domain> {_BEFORE} {_NAME} {_AFTER} )
    """,  # noqa: E501 -- a table
    re.VERBOSE | re.IGNORECASE,
)
_HOST = re.compile(
    rf"^[a-z]+\ ?://\ ?(?:[^/@\s]*@)?(?P<host>\[[0-9a-f:.]+\]|{_FOUR}|{_NAME})", re.IGNORECASE
)
_VERSION = re.compile(
    r"(?:\bv|\bver\.?|\bversions?|\brelease|\bbuild|\bfirmware|版本|版|韌體)\s{0,3}$", re.IGNORECASE
)
_FEW = 4
"Different digits a digest has at the very least; `000…0` is none."
_SHORT = 8
"Characters below which colons rather part hours, minutes and seconds."
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_PROSE = frozenset({"asp.net", "vb.net", "ado.net", "node.js", "socket.io", "e.g", "i.e", "system.net", "next.js", "vue.js", "d3.js", "express.js"})  # fmt: skip  # noqa: E501
_SPECIAL = frozenset({"example", "test", "invalid", "localhost", "local", "internal", "alt"})
_FILE_SUFFIXES = frozenset(_ENDING)
"Endings of files, some of which are public suffixes too."


def indicators(text: str) -> tuple[Indicator, ...]:
    """Find every indicator, CVE, file and registry key, in the order of the text.

    A locator or a mail address is one indicator; `host_of` gives the host within.
    """
    shadow = refang(text[:LONGEST])
    found = [
        _made(shadow, text, part)
        for match in _PATTERN.finditer(shadow.text)
        for part in _READERS[match.lastgroup](shadow, match.group(), match.start())
    ]
    return tuple(sorted(found))


def host_of(indicator: Indicator) -> str:
    """Give the domain or address within a locator or mail address; empty for anything else."""
    match indicator.kind:
        case Kind.EMAIL:
            return indicator.value.rpartition("@")[2]
        case Kind.URL:
            host = _HOST.match(indicator.value)
            return host["host"].strip("[]") if host else ""
        case _:
            return ""


type Part = tuple[Kind, int, int, str]


def _email(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    name, _, host = word.rpartition("@")
    if _is_domain(host, marked=True):
        yield Kind.EMAIL, start, start + len(word), f"{name}@{host.lower()}"


def _registry(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    word = word.rstrip(".,;:)")
    yield Kind.REGISTRY, start, start + len(word), word


def _cve(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    yield Kind.CVE, start, start + len(word), "-".join(re.findall(r"CVE|\d+", word.upper()))


def _hash(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    if len(set(word.lower())) > _FEW:
        yield _HASHES[len(word)], start, start + len(word), word.lower()


def _bitcoin(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    if not word.isalpha() and not word.isdigit():
        yield Kind.BITCOIN, start, start + len(word), word


def _wallet(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    if len(set(word.lower())) > _FEW + 1:
        kind = Kind.ETHEREUM if word.startswith("0x") else Kind.MONERO
        value = word.lower() if kind is Kind.ETHEREUM else word
        yield kind, start, start + len(word), value


def _asn(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    yield Kind.ASN, start, start + len(word), "AS" + re.sub(r"\D", "", word)


def _path(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    word = word.rstrip(".,;:)]")
    yield Kind.FILE, start, start + len(word), word


def _url(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    word = _trimmed(word)
    host = _HOST.match(word)
    if host is None:
        return
    name = host["host"]
    scheme, _, rest = word.replace(" ", "").partition("://")
    if name.startswith("[") or re.fullmatch(_FOUR, name) or _is_domain(name, marked=True):
        shown = rest.replace(name, name.lower(), 1)
        yield Kind.URL, start, start + len(word), f"{scheme.lower()}://{shown}"


def _trimmed(word: str) -> str:
    """Cut what belongs to the sentence: closing marks that nothing within opened."""
    while word:
        last = word[-1]
        closes = last in _CLOSERS and word.count(last) > word.count(_CLOSERS[last])
        if last not in ".,;:!?'\"*" and not closes:
            break
        word = word[:-1]
    return word


def _ipv4(shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    if _VERSION.search(shadow.text[max(0, start - 16) : start]):
        return
    if "/" not in word:
        yield Kind.IPV4, start, start + len(word), word
        return
    try:
        network = str(IPv4Network(word, strict=False))
    except (AddressValueError, NetmaskValueError):
        return
    yield Kind.IPV4_NETWORK, start, start + len(word), network


def _ipv6(_shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    try:
        address = IPv6Address(word)
    except AddressValueError:
        return
    if len(word) > _SHORT or ("::" in word and any(map(str.isdigit, word))):
        yield Kind.IPV6, start, start + len(word), str(address)


def _name(shadow: Shadow, word: str, start: int) -> Iterator[Part]:
    end = start + len(word)
    marked = shadow.replaced(start, end) or word.lower().startswith("www.")
    if _is_domain(word, marked=marked):
        yield Kind.DOMAIN, start, end, word.lower()
    elif word.lower() not in _PROSE and word.rpartition(".")[2].lower() in _FILE_SUFFIXES:
        yield Kind.FILE, start, end, word


_READERS: dict[str | None, Callable[[Shadow, str, int], Iterator[Part]]] = {
    "url": _url,
    "email": _email,
    "registry": _registry,
    "cve": _cve,
    "hash": _hash,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "bitcoin": _bitcoin,
    "ethereum": _wallet,
    "monero": _wallet,
    "asn": _asn,
    "path": _path,
    "place": _path,
    "file": _name,
    "domain": _name,
}


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def _is_domain(name: str, *, marked: bool) -> bool:
    """Whether a name lies below a public suffix; what may be a file needs a mark.

    Names for special use (RFC 6761) are looked up nowhere, but exercises and papers write them.
    """
    name = name.lower().rstrip(".")
    ending = name.rpartition(".")[2]
    if ending in _SPECIAL and name != ending:
        return marked or ending == "example"
    if name in _PROSE or not _suffixes().privatesuffix(name):
        return False
    return marked or ending not in _FILE_SUFFIXES


def _made(shadow: Shadow, text: str, part: Part) -> Indicator:
    kind, start, end, value = part
    begun, ended = shadow.span(start, end)
    return Indicator(
        start=begun,
        end=ended,
        kind=kind,
        value=value,
        text=text[begun:ended],
        defanged=shadow.replaced(start, end),
    )
