"""Norms an institution holds, as files: our own YAML, OSCAL catalogs, CISO Assistant libraries.

`read_norm` tells the format by what the file begins with and gives a `Norm`; nothing of the file
is kept in the package. Foreign files are bounded in size, depth and number of clauses. Every text
is taken as plain text.

* OSCAL catalog (JSON, 1.0 to 1.2): groups and controls at any depth; the statement's prose is the
  text, control enhancements are clauses of their own, withdrawn controls are left out.
* CISO Assistant library (YAML): the requirement nodes of its first framework, in their order;
  `assessable: false` lends its words to the nodes below it. Reference id, else the end of the URN,
  is the clause's id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import msgspec
import yaml

from panshi.errors import BadInputError, ContentError
from panshi.governance.frameworks.load import load_framework
from panshi.governance.norms.clauses import Clause, Norm, Pair, norm_of
from panshi.governance.norms.strengths import strength_of

MOST_BYTES = 32 * 1024 * 1024
MOST_CLAUSES = 20_000
LONGEST_TEXT = 20_000
DEEPEST = 64
_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_INSERTED = re.compile(r"\{\{\s*insert:[^}]*\}\}")
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_HAN = re.compile(r"[\u3400-\u9fff]")

type Tree = dict[str, Tree] | list[Tree] | str | int | float | bool | None


class Format(StrEnum):
    """How a file writes a norm."""

    PANSHI = "panshi"
    OSCAL = "oscal"
    CISO_ASSISTANT = "ciso-assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class NormFile:
    """A norm with what its file says about itself."""

    norm: Norm
    format: Format
    licence: str = ""


def read_norm(raw: bytes, *, source: str) -> NormFile:
    """Read a norm in whichever of the known formats; `source` names the file in messages."""
    if len(raw) > MOST_BYTES:
        raise BadInputError(
            f"larger than {MOST_BYTES:,} bytes", place=source, remedy="split the library"
        )
    digest = hashlib.sha256(raw).hexdigest()
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _oscal(_json(raw, source), digest, source)
    top = set(re.findall(rb"(?m)^(framework|controls|urn|objects):", raw))
    if {b"framework", b"controls"} <= top:
        try:
            framework = load_framework(raw, source=source)
        except ContentError as error:
            raise BadInputError(error.problem, place=error.place, remedy=error.remedy) from error
        return NormFile(norm=norm_of(framework, digest=digest), format=Format.PANSHI)
    return _library(_yaml(raw, source), digest, source)


def _json(raw: bytes, source: str) -> Tree:
    _refuse_depth(raw, source)
    try:
        return msgspec.json.decode(raw)  # type: ignore[no-any-return]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(f"not JSON: {error}", place=source) from error


def _refuse_depth(raw: bytes, source: str) -> None:
    """Count open brackets outside texts, before anything recurses over them."""
    depth = 0
    for match in re.finditer(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', raw):
        sign = match.group()[:1]
        depth += (sign in b"[{") - (sign in b"]}")
        if depth > DEEPEST:
            raise BadInputError(
                f"nested deeper than {DEEPEST} levels", place=f"{source}, byte {match.start()}"
            )


def _yaml(raw: bytes, source: str) -> Tree:
    try:
        text = raw.decode("utf-8-sig")
        _refuse_nesting(text, source)
        return yaml.load(text, Loader=_LOADER)  # type: ignore[no-any-return]  # noqa: S506 -- texts only
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"byte {error.start} is not UTF-8", place=source, remedy="save the file as UTF-8"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = source if mark is None else f"{source}:{mark.line + 1}"
        problem = getattr(error, "problem", None) or str(error)
        raise BadInputError(f"not YAML: {problem}", place=place) from error


def _refuse_nesting(text: str, source: str) -> None:
    """Count open collections before composing, which recurses as deep as the file nests.

    Aliases, which libraries use for lists that occur often, are one object and cost nothing: only
    the flat list of nodes is walked.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        opened = isinstance(event, yaml.CollectionStartEvent)
        depth += opened - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mark = event.start_mark
            raise BadInputError(
                f"nested deeper than {DEEPEST} levels",
                place=source if mark is None else f"{source}:{mark.line + 1}",
            )


# -- OSCAL ---------------------------------------------------------------------------------------


def _oscal(document: Tree, digest: str, source: str) -> NormFile:
    catalog = _child(document, "catalog")
    if not isinstance(catalog, dict):
        raise _unknown(source)
    about = _child(catalog, "metadata")
    title = _text(_child(about, "title"))
    clauses = tuple(_bounded(_oscal_clauses(catalog, ()), source))
    norm = _norm(
        name=_slug(title), version=_text(_child(about, "version")), title=title, clauses=clauses
    )
    published = _day(_text(_child(about, "published")) or _text(_child(about, "last-modified")))
    return NormFile(
        norm=_dated(norm, published, digest, source),
        format=Format.OSCAL,
        licence=_text(_child(about, "remarks"))[:500],
    )


def _oscal_clauses(
    holder: dict[str, Tree], above: tuple[str, ...], parent: str = ""
) -> Iterator[Clause]:
    for group in _list(holder, "groups"):
        yield from _oscal_clauses(group, (*above, _text(_child(group, "title"))))
    for control in _list(holder, "controls"):
        if not _withdrawn(control):
            clause = replace(_oscal_clause(control, above), parent=parent)
            yield clause
            titles = (*above, _text(_child(control, "title")))
            yield from _oscal_clauses(control, titles, clause.id)


def _oscal_clause(control: dict[str, Tree], above: tuple[str, ...]) -> Clause:
    label = ""
    strength = ""
    for prop in _list(control, "props"):
        name = _child(prop, "name")
        if name == "label" and not label and "class" not in prop:
            label = _text(_child(prop, "value"))
        if name == "strength":
            strength = _text(_child(prop, "value"))
    spoken = [
        " ".join(_prose(part))
        for part in _list(control, "parts")
        if _child(part, "name") == "statement"
    ]
    guidance = [
        " ".join(_prose(part))
        for part in _list(control, "parts")
        if _child(part, "name") == "guidance"
    ]
    text = " ".join(spoken) or " ".join(guidance)
    return _clause(
        identity=label or _text(_child(control, "id")),
        title=_text(_child(control, "title")),
        text=_INSERTED.sub(" ", text),
        above=above,
        hint=strength,
    )


def _prose(part: dict[str, Tree]) -> Iterator[str]:
    yield _text(_child(part, "prose"))
    for inner in _list(part, "parts"):
        yield from _prose(inner)


def _withdrawn(control: dict[str, Tree]) -> bool:
    return any(
        _child(prop, "name") == "status" and _text(_child(prop, "value")).lower() == "withdrawn"
        for prop in _list(control, "props")
    )


# -- CISO Assistant ------------------------------------------------------------------------------


def _library(document: Tree, digest: str, source: str) -> NormFile:
    objects = _child(document, "objects")
    framework = _child(objects, "framework")
    if not isinstance(framework, dict):
        several = _list(objects, "frameworks") if isinstance(objects, dict) else []
        if not several:
            raise _unknown(source)
        framework = several[0]
    nodes = _list(framework, "requirement_nodes")
    urn = _text(_child(framework, "urn"))
    title = _text(_child(framework, "name")) or _text(_child(document, "name"))
    norm = _norm(
        name=_slug(urn.rpartition(":")[2] or _text(_child(framework, "ref_id")) or title),
        version=_text(_child(document, "version")),
        title=title,
        clauses=tuple(_bounded(_library_clauses(nodes), source)),
    )
    published = _day(_text(_child(document, "publication_date")))
    return NormFile(
        norm=_dated(norm, published, digest, source),
        format=Format.CISO_ASSISTANT,
        licence=_text(_child(document, "copyright"))[:500],
    )


def _library_clauses(nodes: list[dict[str, Tree]]) -> Iterator[Clause]:
    above: dict[str, tuple[str, ...]] = {}
    named: dict[str, str] = {}
    for node in nodes:
        urn, parent = _text(_child(node, "urn")), _text(_child(node, "parent_urn"))
        context = above.get(parent, ())
        title, text = _text(_child(node, "name")), _text(_child(node, "description"))
        above[urn] = (*context, title or text[:200])
        reference = _text(_child(node, "ref_id")) or urn.rpartition(":")[2]
        assessable = _text(_child(node, "assessable")).lower() == "true"
        if not reference or not (title or text):
            continue
        clause = _clause(
            identity=reference, title=title, text=text, above=context, judgeable=assessable
        )
        named[urn] = clause.id
        yield replace(clause, parent=named.get(parent, ""))


# -- both ----------------------------------------------------------------------------------------


def _clause(
    *,
    identity: str,
    title: str,
    text: str,
    above: tuple[str, ...],
    judgeable: bool = True,
    hint: str = "",
) -> Clause:
    words = text or title
    strength = strength_of(hint) if hint else strength_of(words)
    return Clause(
        id=identity[:120],
        title=_sided(title),
        text=_sided(text),
        context=_sided("\n".join(each for each in above if each)),
        strength=strength,
        judgeable=judgeable,
    )


def _sided(text: str) -> Pair:
    """Put a text on the side of its language; one with Chinese characters is Chinese."""
    return (text, "") if _HAN.search(text) else ("", text)


def _norm(*, name: str, version: str, title: str, clauses: tuple[Clause, ...]) -> Norm:
    chinese = sum(bool(_HAN.search("".join((*c.title, *c.text)))) for c in clauses) * 2 > len(
        clauses
    )
    same_side = tuple(_to_side(clause, 0 if chinese else 1) for clause in clauses)
    return Norm(id=name, version=version[:60] or "1", title=(title, title), clauses=same_side)


def _to_side(clause: Clause, side: int) -> Clause:
    """Keep a norm in one language, so that a stray Latin title stays with its Chinese text."""

    def moved(pair: Pair) -> Pair:
        text = pair[0] or pair[1]
        return (text, "") if side == 0 else ("", text)

    return replace(
        clause,
        title=moved(clause.title),
        text=moved(clause.text),
        context=moved(clause.context),
    )


def _dated(norm: Norm, published: date | None, digest: str, source: str) -> Norm:
    return Norm(
        id=norm.id,
        version=norm.version,
        title=norm.title,
        clauses=norm.clauses,
        source=source,
        valid_from=published,
        digest=digest,
    )


def _bounded(clauses: Iterator[Clause], source: str) -> Iterator[Clause]:
    """Give clauses with ids of their own, and refuse too many or none that asks for anything."""
    seen: dict[str, int] = {}
    judgeable = 0
    for number, clause in enumerate(clauses):
        if number >= MOST_CLAUSES:
            raise BadInputError(f"more than {MOST_CLAUSES:,} clauses", place=source)
        again = seen[clause.id] = seen.get(clause.id, 0) + 1
        judgeable += clause.judgeable
        if again == 1:
            yield clause
        else:
            yield replace(clause, id=f"{clause.id}#{again}")
    if not judgeable:
        raise BadInputError("holds no clause that could be compared", place=source)


def _child(node: Tree, key: str) -> Tree:
    return node.get(key) if isinstance(node, dict) else None


def _list(node: Tree, key: str) -> list[dict[str, Tree]]:
    found = _child(node, key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(node: Tree) -> str:
    """Give a text without what cannot be printed; nothing for what is no text."""
    if not isinstance(node, str | int | float) or isinstance(node, bool):
        return ""
    plain = str(node)[:LONGEST_TEXT].replace("\r", "\n")
    if plain in {"null", "~"}:
        return ""
    return "".join(each for each in plain if each.isprintable() or each == "\n").strip()


def _slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9.]+", "-", text.casefold()).strip("-.")[:80]
    return (
        plain if _ID.fullmatch(plain) else "norm-" + hashlib.sha256(text.encode()).hexdigest()[:8]
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _unknown(source: str) -> BadInputError:
    return BadInputError(
        "this is no norm in a form Panshi reads",
        place=source,
        remedy="import our YAML, an OSCAL catalog (JSON) or a CISO Assistant library (YAML)",
    )
