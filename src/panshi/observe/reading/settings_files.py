"""Files in which people say what they want: TOML, JSON or YAML into frozen dataclasses, strictly.

    placement = read_settings(path, Placement)

A mistyped key would be a wish not granted in silence, so unknown keys are refused at any depth.
YAML references are refused too: a few lines of them unfold into gigabytes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import yaml

from panshi.errors import BadInputError
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import MIB, Limits

_LIMITS = Limits(max_bytes=MIB)
_YAML: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_settings[T](path: Path, kind: type[T]) -> T:
    """Read a small file by its ending; all that is wrong is told with its place."""
    return decode_settings(settings_bytes(path), kind, place=str(path))


def settings_bytes(path: Path) -> bytes:
    """Give the bytes of a small plain file."""
    with open_source(path, _LIMITS) as source:
        found = bytearray()
        while chunk := source.read():
            found += chunk
    return bytes(found)


def decode_settings[T](raw: bytes, kind: type[T], *, place: str) -> T:
    """Decode bytes as the file's ending says: `.toml`, `.yaml`, `.yml`, else JSON."""
    decode = _DECODERS.get(place.rpartition(".")[2].casefold(), msgspec.json.decode)
    try:
        value = decode(raw)
        found = msgspec.convert(value, kind)
        _refuse_unknown(value, found, "$")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadInputError(f"does not fit: {error.problem}{where}", place=place) from error
    except (msgspec.MsgspecError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInputError(f"does not fit: {error}", place=place) from error
    except BadInputError as error:
        raise BadInputError(
            error.problem, place=f"{place} {error.place}".strip(), remedy=error.remedy
        ) from error
    return found


def _yaml(raw: bytes) -> object:
    for token in yaml.scan(raw, Loader=_YAML):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            raise ValueError("a YAML reference (& or *)")  # noqa: TRY004 -- of the text, not a type
    return yaml.load(raw, Loader=_YAML)  # noqa: S506 -- a safe loader, in C where there is one


_DECODERS: Mapping[str, Callable[[bytes], object]] = {
    "toml": msgspec.toml.decode,
    "yaml": _yaml,
    "yml": _yaml,
}


def _refuse_unknown(value: object, found: object, place: str) -> None:
    """Walk what was written beside what became of it."""
    match value, found:
        case dict(), _ if dataclasses.is_dataclass(found):
            known = {each.name for each in dataclasses.fields(found)}
            for name, inner in value.items():
                if name not in known:
                    raise BadInputError(
                        f"unknown key {str(name)[:40]!r}",
                        place=place,
                        remedy="known: " + ", ".join(sorted(known)),
                    )
                _refuse_unknown(inner, getattr(found, name), f"{place}.{name}")
        case list(), list() | tuple():
            for number, (inner, made) in enumerate(zip(value, found, strict=True)):
                _refuse_unknown(inner, made, f"{place}[{number}]")
        case dict(), dict():
            for name, inner in value.items():
                _refuse_unknown(inner, found.get(name), f"{place}.{name}")
        case _:
            pass
