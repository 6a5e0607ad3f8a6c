"""Subject identifiers: RFC 9493 section 3, and SSF 1.0 section 3 (complex subjects, JWT, SAML, IP).

Members nobody described are left aside, as SSF section 4.2.3 asks of receivers; members that a
format requires must be there and must be texts. A format we do not know is kept as it came: it may
have been agreed between two parties, and it matches only what is equal to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from panshi.protection.zero_trust.signals.refusal import RefusedError, bad_request
from panshi.protection.zero_trust.signals.strict_json import Json

COMPLEX = "complex"
ALIASES = "aliases"
IP_ADDRESSES = "ip-addresses"

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "account": ("uri",),
    "did": ("url",),
    "email": ("email",),
    "iss_sub": ("iss", "sub"),
    "opaque": ("id",),
    "phone_number": ("phone_number",),
    "uri": ("uri",),
    "jwt_id": ("iss", "jti"),
    "saml_assertion_id": ("issuer", "assertion_id"),
}
"""Members of each simple format, in the order in which an identifier keeps them."""

MEMBERS = ("user", "device", "session", "application", "tenant", "org_unit", "group")
"""Members of a complex subject that SSF 1.0 section 3.3 names; others may occur."""

LONGEST = 2_048
MOST_ALIASES = 32
MOST_MEMBERS = 16
_SCHEMES = {
    "account": re.compile(r"acct:[^@\s]+@[^@\s]+"),
    "did": re.compile(r"did:[a-z0-9]+:\S+"),
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"\+[0-9][0-9 ().-]{3,30}")
_OLD_NAMES = {"jwt-id": "jwt_id", "phone": "phone_number"}
"""Names in drafts and in examples of the final texts, for what has another name now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A simple subject: one format, its members in the format's own order."""

    format: str
    values: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether the format is one that the standards describe."""
        return self.format in REQUIRED or self.format == IP_ADDRESSES

    def __str__(self) -> str:
        """Say it in one line for people."""
        return f"{self.format}:{'|'.join(self.values)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom an event is about: aliases of one principal, or members that together name one."""

    aliases: tuple[Identifier, ...] = ()
    "One for a simple subject, several for the format `aliases`; none for a complex subject."
    members: tuple[tuple[str, Subject], ...] = ()
    "The members of a complex subject, by name, in the order of their names."

    @property
    def complex(self) -> bool:
        """Whether it is made of members."""
        return bool(self.members)

    def member(self, name: str) -> Subject | None:
        """Give one member of a complex subject."""
        return dict(self.members).get(name)

    def __str__(self) -> str:
        """Say it in one line for people."""
        if self.members:
            return ", ".join(f"{name} {member}" for name, member in self.members)
        return " = ".join(map(str, self.aliases))


def simple(kind: str, *values: str) -> Subject:
    """Make a subject of one identifier."""
    return Subject(aliases=(Identifier(format=kind, values=values),))


def of_members(**members: Subject) -> Subject:
    """Make a complex subject."""
    return Subject(members=tuple(sorted(members.items())))


def read(value: Json) -> Subject:
    """Read a subject member, or refuse the request that carries it."""
    if not isinstance(value, dict):
        raise _malformed("a subject is not an object", "主體不是物件")
    if value.get("format") == COMPLEX:
        return _complex(value)
    if "format" not in value and value and all(isinstance(each, dict) for each in value.values()):
        return _complex(value)  # the form of the drafts before 1.0, still sent by some
    return Subject(aliases=_identifiers(value, nested=False))


def write(subject: Subject) -> dict[str, Json]:
    """Give a subject as JSON; `read` gives it back."""
    if subject.members:
        inner: dict[str, Json] = {name: write(member) for name, member in subject.members}
        return {"format": COMPLEX, **inner}
    if len(subject.aliases) == 1:
        return _written(subject.aliases[0])
    return {"format": ALIASES, "identifiers": [_written(each) for each in subject.aliases]}


def matches(one: Subject, other: Subject) -> bool:
    """Whether two subjects match (SSF 1.0 section 8.1.3.1): a member left out is a wildcard."""
    if one.complex and other.complex:
        theirs = dict(other.members)
        return all(name not in theirs or theirs[name] == member for name, member in one.members)
    if one.complex or other.complex:
        return False
    return bool(set(one.aliases) & set(other.aliases))


def _complex(value: dict[str, Json]) -> Subject:
    names = sorted(name for name in value if name != "format")
    if not names or len(names) > MOST_MEMBERS:
        raise _malformed(
            f"a complex subject has 1 to {MOST_MEMBERS} members",
            f"複合主體須有 1 至 {MOST_MEMBERS} 個成員",
        )
    members: list[tuple[str, Subject]] = []
    for name in names:
        inner = value[name]
        if not isinstance(inner, dict):
            if name in MEMBERS:
                raise _malformed(f"member {name} is no subject", f"成員 {name} 不是主體")
            continue
        if inner.get("format") == COMPLEX:
            raise _malformed("a complex subject inside another", "複合主體內不得再有複合主體")
        members.append((name, Subject(aliases=_identifiers(inner, nested=False))))
    if not members:
        raise _malformed("a complex subject without members", "複合主體沒有成員")
    return Subject(members=tuple(members))


def _identifiers(value: dict[str, Json], *, nested: bool) -> tuple[Identifier, ...]:
    kind = value.get("format")
    if not isinstance(kind, str) or not kind or len(kind) > LONGEST:
        raise _malformed("a subject has no format", "主體缺少 format")
    kind = _OLD_NAMES.get(kind, kind)
    if kind == ALIASES:
        if nested:
            raise _malformed("aliases inside aliases", "aliases 內不得再有 aliases")
        return _aliases(value.get("identifiers"))
    if kind == IP_ADDRESSES:
        return (Identifier(format=kind, values=_addresses(value.get(IP_ADDRESSES))),)
    names = REQUIRED.get(kind)
    if names is None:
        return (_proprietary(kind, value),)
    values = tuple(_text(value, name, kind) for name in names)
    _well_formed(kind, values[0])
    return (Identifier(format=kind, values=_normal(kind, values)),)


def _aliases(found: Json) -> tuple[Identifier, ...]:
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_ALIASES:
        raise _malformed(
            f"aliases list 1 to {MOST_ALIASES} identifiers",
            f"aliases 須列出 1 至 {MOST_ALIASES} 個識別",
        )
    # RFC 9493 section 3.2.2: each identifies the same principal; order carries no meaning.
    inner = [
        identifier
        for each in found
        if isinstance(each, dict)
        for identifier in _identifiers(each, nested=True)
    ]
    if len(inner) != len(found):
        raise _malformed("an alias is no identifier", "aliases 中有項目不是識別")
    return tuple(sorted(set(inner), key=str))


def _addresses(found: Json) -> tuple[str, ...]:
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_ALIASES:
        raise _malformed("ip-addresses is no list of texts", "ip-addresses 不是文字清單")
    texts = [each for each in found if isinstance(each, str) and 0 < len(each) <= LONGEST]
    if len(texts) != len(found):
        raise _malformed("an address is no text", "位址不是文字")
    return tuple(sorted(set(texts)))


def _proprietary(kind: str, value: dict[str, Json]) -> Identifier:
    pairs = sorted(
        f"{name}={inner}" for name, inner in value.items() if name != "format" and inner is not None
    )
    return Identifier(format=kind, values=tuple(pairs[:MOST_MEMBERS]))


def _text(value: dict[str, Json], name: str, kind: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise _malformed(f"format {kind} needs the text {name}", f"format {kind} 須有文字 {name}")
    return text


def _well_formed(kind: str, text: str) -> None:
    scheme = _SCHEMES.get(kind)
    if kind == "email":
        scheme = _EMAIL
    elif kind == "phone_number":
        scheme = _PHONE
    if scheme is not None and not scheme.fullmatch(text):
        raise _malformed(f"the {kind} is malformed", f"{kind} 的格式不正確")


def _normal(kind: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 9493 section 3.2.3: addresses are compared as the mailbox provider would; ours folds."""
    if kind == "email":
        return (values[0].casefold(),)
    if kind == "phone_number":
        return ("+" + re.sub(r"[^0-9]", "", values[0]),)
    return values


def _written(identifier: Identifier) -> dict[str, Json]:
    if identifier.format == IP_ADDRESSES:
        return {"format": IP_ADDRESSES, IP_ADDRESSES: list(identifier.values)}
    names = REQUIRED.get(identifier.format)
    if names is None:
        pairs = (value.partition("=") for value in identifier.values)
        return {"format": identifier.format, **{name: text for name, _, text in pairs}}
    return {"format": identifier.format, **dict(zip(names, identifier.values, strict=True))}


def _malformed(english: str, chinese: str) -> RefusedError:
    return bad_request(english, chinese)
