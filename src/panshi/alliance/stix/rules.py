"""Rules of STIX 2.1 that a JSON schema cannot say, for objects that fit their schema.

Each function yields what is wrong, in words. The rules are those which the standard calls MUST.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from panshi.alliance.stix.languages import ISO_639_2, is_language
from panshi.alliance.stix.pattern import comparisons
from panshi.alliance.stix.schemas import OBSERVABLES
from panshi.errors import BadInputError

type Plain = Mapping[str, Any]

MOMENTS: Mapping[str, tuple[str, ...]] = {
    "campaign": ("first_seen", "last_seen"),
    "indicator": ("valid_from", "valid_until"),
    "infrastructure": ("first_seen", "last_seen"),
    "intrusion-set": ("first_seen", "last_seen"),
    "language-content": ("object_modified",),
    "malware": ("first_seen", "last_seen"),
    "malware-analysis": ("submitted", "analysis_started", "analysis_ended"),
    "observed-data": ("first_observed", "last_observed"),
    "report": ("published",),
    "relationship": ("start_time", "stop_time"),
    "sighting": ("first_seen", "last_seen"),
    "threat-actor": ("first_seen", "last_seen"),
    "directory": ("ctime", "mtime", "atime"),
    "email-message": ("date",),
    "file": ("ctime", "mtime", "atime"),
    "network-traffic": ("start", "end"),
    "process": ("created_time",),
    "user-account": (
        "account_created",
        "account_expires",
        "credential_last_changed",
        "account_first_login",
        "account_last_login",
    ),
    "windows-registry-key": ("modified_time",),
    "x509-certificate": ("validity_not_before", "validity_not_after"),
}
"Properties that hold a moment, besides `created` and `modified`."
MOMENTS_WITHIN: Mapping[str, tuple[str, ...]] = {
    "file": ("extensions.windows-pebinary-ext.time_date_stamp",),
    "x509-certificate": (
        "x509_v3_extensions.private_key_usage_period_not_before",
        "x509_v3_extensions.private_key_usage_period_not_after",
    ),
}
"Paths to moments further down."
LATER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "indicator": (("valid_until", "valid_from"),),
    "relationship": (("stop_time", "start_time"),),
}
"The first is later than the second."
NOT_EARLIER: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            *("campaign", "infrastructure", "intrusion-set", "malware"),
            *("sighting", "threat-actor"),
        ),
        ("last_seen", "first_seen"),
    ),
    "observed-data": ("last_observed", "first_observed"),
    "network-traffic": ("end", "start"),
}
"The first is the second's moment or later."
RANDOM_WITHOUT: Mapping[str, tuple[str, ...]] = {
    "artifact": ("hashes", "payload_bin"),
    "email-message": ("from_ref", "subject", "body"),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
    "process": (),
}
"What has none of these properties bears a random id (UUIDv4)."
REFERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "directory": {"contains_refs": ("file", "directory")},
    "domain-name": {"resolves_to_refs": ("ipv4-addr", "ipv6-addr", "domain-name")},
    "email-addr": {"belongs_to_ref": ("user-account",)},
    "email-message": {
        **dict.fromkeys(
            ("from_ref", "sender_ref", "to_refs", "cc_refs", "bcc_refs"), ("email-addr",)
        ),
        "raw_email_ref": ("artifact",),
        "body_multipart.body_raw_ref": ("artifact", "file"),
    },
    "file": {
        "parent_directory_ref": ("directory",),
        "content_ref": ("artifact",),
        "extensions.archive-ext.contains_refs": ("file",),
    },
    "ipv4-addr": {"resolves_to_refs": ("mac-addr",), "belongs_to_refs": ("autonomous-system",)},
    "ipv6-addr": {"resolves_to_refs": ("mac-addr",), "belongs_to_refs": ("autonomous-system",)},
    "network-traffic": {
        **dict.fromkeys(
            ("src_ref", "dst_ref"), ("ipv4-addr", "ipv6-addr", "mac-addr", "domain-name")
        ),
        **dict.fromkeys(("src_payload_ref", "dst_payload_ref"), ("artifact",)),
        **dict.fromkeys(("encapsulates_refs", "encapsulated_by_ref"), ("network-traffic",)),
    },
    "process": {
        "opened_connection_refs": ("network-traffic",),
        "creator_user_ref": ("user-account",),
        "image_ref": ("file",),
        **dict.fromkeys(("parent_ref", "child_refs"), ("process",)),
    },
    "windows-registry-key": {"creator_user_ref": ("user-account",)},
}
"By which paths observables within one observed data refer to others, and of which types."

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z", re.ASCII)
_NAME = re.compile(r"[a-z0-9_]{3,250}\Z")
_TYPE = re.compile(r"-?[a-z0-9]+(-[a-z0-9]+)*-?\Z")
_MEDIA = re.compile(
    r"(application|audio|font|haptics|image|message|model|multipart|text|video)/[\w.+-]+\Z",
    re.ASCII,
)
_CPE = re.compile(r"cpe:2\.3:[aho*-](:(\\.|[^\\:\s])+){10}\Z")
_HASHES = {
    **dict.fromkeys(("MD5", "MD-5"), re.compile(r"[a-fA-F0-9]{32}\Z")),
    **{
        name: re.compile(f"[a-fA-F0-9]{{{size}}}\\Z")
        for name, size in (
            *(("RIPEMD160", 40), ("SHA1", 40), ("SHA224", 56), ("SHA256", 64), ("SHA384", 96)),
            *(("SHA512", 128), ("SHA3224", 56), ("SHA3256", 64), ("SHA3384", 96)),
            *(("SHA3512", 128), ("WHIRLPOOL", 128)),
        )
    },
    "SSDEEP": re.compile(r"[a-zA-Z0-9/+:.]{1,128}\Z"),
}
_UUID_VERSION = -22
"Where the version of a UUID stands, from the end of an id."


@lru_cache(maxsize=65_536)
def moment(text: str) -> datetime | None:
    """Read a timestamp; None where no calendar has it."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def of_versions(value: Plain) -> Iterator[str]:
    """When an object was made and last changed is in the calendar and in order."""
    yield from _in_calendar(value, ("created", "modified"))
    yield from _in_order(value, "modified", "created", may_equal=True)


def of_moments(value: Plain) -> Iterator[str]:
    """Moments of an object's type are in the calendar and in order."""
    kind = value["type"]
    yield from _in_calendar(value, MOMENTS.get(kind, ()))
    for path in MOMENTS_WITHIN.get(kind, ()):
        for text in _within(value, path):
            if _in_no_calendar(text):
                yield f"{path}: no calendar has {str(text)[:60]}"
    for second, first in LATER.get(kind, ()):
        yield from _in_order(value, second, first, may_equal=False)
    if kind in NOT_EARLIER:
        yield from _in_order(value, *NOT_EARLIER[kind], may_equal=True)


def _in_calendar(value: Plain, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name in value and _in_no_calendar(value[name]):
            yield f"{name}: no calendar has {str(value[name])[:60]}"


def _in_no_calendar(text: object) -> bool:
    """Whether it is made like a moment and is none; observables may name any text `created`."""
    if not isinstance(text, str):
        return True
    return moment(text) is None and _MOMENT.match(text) is not None


def _in_order(value: Plain, second: str, first: str, *, may_equal: bool) -> Iterator[str]:
    late, early = value.get(second), value.get(first)
    if not isinstance(late, str) or not isinstance(early, str):
        return
    one, other = moment(late), moment(early)
    # What is no moment is compared as text.
    right = one > other if one and other else late > early
    if not right and not (may_equal and (one == other if one and other else late == early)):
        yield f"{second} ({late[:60]}) is before {first} ({early[:60]})"


def _within(value: object, path: str) -> Iterator[object]:
    """Give what stands at a path, of every element where lists are on the way."""
    name, _, rest = path.partition(".")
    for each in value if isinstance(value, list) else (value,):
        if not isinstance(each, dict) or name not in each:
            continue
        found = each[name]
        if rest:
            yield from _within(found, rest)
        else:
            yield from found if isinstance(found, list) else (found,)


def of_markings(value: Plain) -> Iterator[str]:
    """Selectors select what is there, and a marking does not mark itself."""
    for each in value.get("granular_markings", ()):
        for selector in each["selectors"]:
            if not _selects(value, selector):
                yield f"granular_markings: {selector[:120]!r} selects nothing"
    if value["type"] == "marking-definition":
        marks = [*value.get("object_marking_refs", ())]
        marks += [each.get("marking_ref") for each in value.get("granular_markings", ())]
        if value["id"] in marks:
            yield "the marking marks itself"


def _selects(value: Plain, selector: str) -> bool:
    found: Any = value
    for step in selector.split("."):
        if step.startswith("["):
            at = int(step[1:-1])
            if not isinstance(found, list) or at >= len(found):
                return False
            found = found[at]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            return False
    return True


def of_languages(value: Plain) -> Iterator[str]:
    """Languages are RFC 5646 tags."""
    if "lang" in value and not is_language(value["lang"]):
        yield f"lang: {str(value['lang'])[:60]!r} is no language of RFC 5646"
    for each in value.get("languages", ()) if value["type"] == "software" else ():
        if not is_language(each) and str(each) not in ISO_639_2:
            yield f"languages: {str(each)[:60]!r} is no language of RFC 5646"
    if value["type"] == "language-content":
        for name, parts in value["contents"].items():
            if not is_language(name):
                yield f"contents: {name[:60]!r} is no language of RFC 5646"
            if not isinstance(parts, dict) or not all(map(_NAME.match, parts)):
                yield f"contents.{name[:60]}: holds names that no property has"


def of_patterns(value: Plain) -> Iterator[str]:
    """STIX patterns can be read, and name types, properties and hashes that can be."""
    if value["type"] != "indicator" or value["pattern_type"] != "stix":
        return
    try:
        found = comparisons(value["pattern"])
    except BadInputError as error:
        yield f"pattern: {error.problem}"
        return
    for each in found:
        if not _TYPE.match(each.type) or not 3 <= len(each.type) <= 250:  # noqa: PLR2004 -- 3.1
            yield f"pattern: no type is named {each.type[:60]!r}"
        name = each.path[0]
        if name != "id" and not _NAME.match(name):
            yield f"pattern: no property is named {name[:60]!r}"
        if "hashes" in each.path:
            fits = _HASHES.get(each.path[-1].upper().replace("-", ""))
            if fits and not all(map(fits.match, each.values)):
                yield f"pattern: a value is no {each.path[-1]} hash"


def of_observables(value: Plain) -> Iterator[str]:
    """Rules of single observables."""
    kind = value["type"]
    if kind == "artifact" and not _MEDIA.match(value.get("mime_type", "text/plain")):
        yield f"mime_type: {value['mime_type'][:60]!r} is no media type"
    if kind == "email-addr" and value["value"].endswith(">"):
        yield f"value: {value['value'][:60]!r} is more than an address"
    for name in ("path_enc",) if kind == "directory" else ("name_enc",) if kind == "file" else ():
        if name in value and not _encoding(value[name]):
            yield f"{name}: {value[name][:60]!r} is no character set"
    if "cpe" in value and not (isinstance(value["cpe"], str) and _CPE.match(value["cpe"])):
        yield f"cpe: {str(value['cpe'])[:60]!r} is no CPE 2.3 name"
    made_of = RANDOM_WITHOUT.get(kind)
    if made_of is not None and not any(each in value for each in made_of):
        random = value["id"][_UUID_VERSION] == "4"
        if not random:
            yield "id: it is made of nothing this object holds, so it must be random (UUIDv4)"


def _encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def of_contained(value: Plain) -> Iterator[str]:
    """Observables within observed data refer to each other by key, and to the right types."""
    held: dict[str, Any] = value.get("objects", {}) if value["type"] == "observed-data" else {}
    for key, each in held.items():
        for path, types in REFERS.get(each["type"], {}).items():
            for ref in _within(each, path):
                if ref not in held:
                    yield f"objects.{key}.{path}: {str(ref)[:60]!r} is not among the objects"
                elif held[str(ref)].get("type") not in types:
                    yield f"objects.{key}.{path}: {str(ref)[:60]!r} is of another type"


RULES: tuple[Callable[[Plain], Iterator[str]], ...] = (
    of_versions,
    of_moments,
    of_markings,
    of_languages,
    of_patterns,
    of_observables,
    of_contained,
)


def broken(value: Plain) -> Iterator[str]:
    """Give every rule an object breaks."""
    for rule in RULES:
        yield from rule(value)
    held = value.get("objects")
    if value["type"] == "observed-data" and isinstance(held, dict):
        for key, each in held.items():
            if each["type"] in OBSERVABLES:
                for problem in (*of_moments(each), *of_observables(each), *of_languages(each)):
                    yield f"objects.{key}.{problem}"
