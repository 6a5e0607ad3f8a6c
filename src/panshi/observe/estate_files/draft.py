"""An estate while it is being read: every format puts its assets and relations in here.

Values are typed by the schema of their kind, problems are collected with their places, and at
the end there is a whole estate or none (all or nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from panshi.errors import BadInputError
from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue, Relation, RelationKind
from panshi.model.attributes import (
    ATTRIBUTES,
    Attribute,
    AttributeType,
    parse,
    problem_of,
    text_problem,
    unknown_attribute,
)
from panshi.model.changes import changes, ordered
from panshi.model.estate import Estate
from panshi.observe.estate_files.preview import Format, Mode, Preview, RowError

MAX_ERRORS = 1_000
"Errors that are listed; the rest is counted."
MAX_ASSETS = 1_000_000

type Written = str | int | float | bool | date | datetime | tuple[str, ...]
"A value as a format gives it: a text of any type, or what a spreadsheet typed."

_KINDS = {str(kind): kind for kind in AssetKind}
_RELATIONS = {str(kind): kind for kind in RelationKind}
_NO_TIME = datetime.min.time()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAsset:
    """One asset as a file says it."""

    place: str
    id: str
    name: str
    identifiers: tuple[str, ...] = ()
    inventories: tuple[str, ...] = ()
    attributes: dict[str, Written] = field(default_factory=dict)
    place_of: Callable[[str], str] | None = None
    "Where a part stands, by its name; None: all at `place`."

    def where(self, name: str) -> str:
        """Give the place of one part."""
        return self.place_of(name) if self.place_of else self.place


class Draft:
    """Collects what a file says and what is wrong with it."""

    def __init__(
        self, source: str, form: Format, *, estate_id: str, as_of: datetime, base: Estate | None
    ) -> None:
        self.source = source
        self.names: dict[str, str | bool] = {}
        "What the file says of the estate itself: `name_zh`, `name_en`, `demo`."
        self.places: dict[str, str] = {}
        "Ids of the assets in the file, wrong ones too, so that one error does not cause many."
        self._form, self._estate_id, self._as_of, self._base = form, estate_id, as_of, base
        self._errors: list[RowError] = []
        self._more = 0
        self._assets: list[Asset] = []
        self._relations: dict[Relation, str] = {}
        self._named_at: dict[AssetId, str] = {}
        "Where the identifiers of an asset stand."

    @property
    def faults(self) -> int:
        """How many things are wrong so far."""
        return len(self._errors) + self._more

    def refuse(self, place: str, problem: str, remedy: str = "") -> None:
        """Note that something is wrong."""
        if len(self._errors) < MAX_ERRORS:
            self._errors.append(RowError(place=place, problem=problem, remedy=remedy))
        else:
            self._more += 1

    def name(self, place: str, key: str, value: str | bool) -> None:  # noqa: FBT001  (a value)
        """Take what the file says of the estate itself."""
        wrong = text_problem(value) if isinstance(value, str) else ""
        if wrong:
            self.refuse(place, wrong)
        else:
            self.names[key] = value

    def asset(self, written: WrittenAsset, *, expected: AssetKind | None = None) -> None:
        """Take one asset, or note everything that is wrong with it."""
        kind = self._identified(written, expected)
        if kind is None:
            return
        attributes: dict[str, AttributeValue] = {}
        before = self.faults
        self._check_texts(written)
        for name, value in written.attributes.items():
            typed = self._typed(kind, name, value, written)
            if typed is not None:
                attributes[name] = typed
        for attribute in ATTRIBUTES[kind].values():
            if attribute.required and attribute.name not in written.attributes:
                self.refuse(
                    written.where(attribute.name),
                    f"{attribute.name} is missing; an asset of kind {kind} needs it",
                    f"{attribute.zh}／{attribute.en}",
                )
        if self.faults == before:
            asset = Asset(
                id=AssetId(written.id),
                kind=kind,
                name=written.name,
                attributes=attributes,
                identifiers=written.identifiers,
                inventories=written.inventories,
            )
            self._assets.append(asset)
            if written.identifiers:
                self._named_at[asset.id] = written.where("identifiers")

    def relation(
        self, place: str, kind: str, source: str, target: str, *, again: bool = False
    ) -> None:
        """Take one relation; with `again`, one that is given twice counts once."""
        known = _RELATIONS.get(kind)
        if known is None:
            self.refuse(place, f"{kind[:80]!r} is no relation", f"allowed: {', '.join(_RELATIONS)}")
            return
        relation = Relation(kind=known, source=AssetId(source), target=AssetId(target))
        first = self._relations.setdefault(relation, place)
        if first != place and not again:
            self.refuse(place, f"the same relation stands at {first}", "give it once")

    def finish(self, mode: Mode) -> Preview:
        """Give the estate the file would become, or what is wrong with it."""
        base = self._base
        assets = {asset.id: asset for asset in self._assets}
        relations = dict.fromkeys(self._relations)
        if mode is Mode.MERGE and base is not None:
            assets = {asset.id: asset for asset in base.assets} | assets
            relations = dict.fromkeys(base.relations) | relations
        self._check_ends(assets)
        self._check_names(assets)
        if self._errors:
            return self._preview(mode, None)
        estate = Estate(
            id=self._estate_id,
            name_zh=str(self._own("name_zh")),
            name_en=str(self._own("name_en")),
            version=1 if base is None else base.version + 1,
            as_of=self._as_of,
            assets=tuple(assets.values()),
            relations=tuple(relations),
            demo=bool(self._own("demo")),
        )
        return self._preview(mode, ordered(estate))

    def _own(self, key: str) -> str | bool:
        """Give what the file says of the estate, else what the base says."""
        default: str | bool = False if key == "demo" else self._estate_id
        if self._base is not None:
            default = getattr(self._base, key)
        return self.names.get(key, default)

    def _preview(self, mode: Mode, estate: Estate | None) -> Preview:
        source, form = self.source, self._form
        if estate is None:
            errors = tuple(self._errors)
            return Preview(
                source=source,
                format=form,
                mode=mode,
                estate=None,
                errors=errors,
                more_errors=self._more,
            )
        found = changes(self._base, estate)
        return Preview(
            source=source,
            format=form,
            mode=mode,
            estate=estate,
            added=found.added,
            changed=found.changed,
            removed=found.removed,
            unchanged=found.unchanged,
            relations_added=found.relations_added,
            relations_removed=found.relations_removed,
        )

    def _identified(self, written: WrittenAsset, expected: AssetKind | None) -> AssetKind | None:
        """Give the kind of an asset whose id is in order and new."""
        place, identity = written.where("id"), written.id
        prefix, _, rest = identity.partition(":")
        kind = _KINDS.get(prefix)
        wrong = text_problem(identity)
        if wrong:
            self.refuse(place, f"id: {wrong}")
        elif kind is None or not rest:
            self.refuse(
                place,
                f"{identity[:80]!r} is no identity",
                f"write kind:name; kinds: {', '.join(_KINDS)}",
            )
        elif expected is not None and kind is not expected:
            self.refuse(
                place,
                f"{identity[:80]!r} does not belong on the sheet {expected}",
                f"write {expected}:<name>, or move the row to the sheet {kind}",
            )
        elif identity in self.places:
            self.refuse(place, f"{identity[:80]} stands at {self.places[identity]} already")
        elif len(self.places) >= MAX_ASSETS:
            raise BadInputError(f"more than {MAX_ASSETS:,} assets", place=self.source)
        else:
            self.places[identity] = place
            return kind
        self.places.setdefault(identity, place)
        return None

    def _check_texts(self, written: WrittenAsset) -> None:
        wrong = text_problem(written.name)
        if wrong:
            self.refuse(written.where("name"), f"name: {wrong}")
        for part, texts in (
            ("identifiers", written.identifiers),
            ("inventories", written.inventories),
        ):
            for text in texts:
                wrong = text_problem(text)
                if wrong:
                    self.refuse(written.where(part), f"{part}: {wrong}")

    def _typed(
        self, kind: AssetKind, name: str, value: Written, written: WrittenAsset
    ) -> AttributeValue | None:
        attribute = ATTRIBUTES[kind].get(name)
        if attribute is None:
            found = unknown_attribute(kind, name)
            self.refuse(written.where(name), found.problem, found.remedy)
            return None
        try:
            typed = value_of(attribute, value)
        except BadInputError as error:
            self.refuse(written.where(name), f"{name}: {error.problem}", error.remedy)
            return None
        wrong = problem_of(attribute, typed)
        if wrong is not None:
            self.refuse(written.where(name), f"{name}: {wrong.problem}", wrong.remedy)
            return None
        return typed

    def _check_ends(self, assets: dict[AssetId, Asset]) -> None:
        for relation, place in self._relations.items():
            for end in (relation.source, relation.target):
                if end not in assets and end not in self.places:
                    self.refuse(
                        place,
                        f"the relation names {end[:80]!r}, which is no asset",
                        "add the asset or remove the relation",
                    )

    def _check_names(self, assets: dict[AssetId, Asset]) -> None:
        """See that an identifier stands for one asset."""
        owners: dict[str, AssetId] = {identity: identity for identity in assets}
        for asset in assets.values():
            for identifier in asset.identifiers:
                owner = owners.setdefault(identifier, asset.id)
                if owner != asset.id:
                    place = self._named_at.get(asset.id) or self._named_at.get(owner, self.source)
                    self.refuse(
                        place,
                        f"identifier {identifier[:80]} stands for {owner} and for {asset.id}",
                        "an identifier names one asset",
                    )


def value_of(attribute: Attribute, value: Written) -> AttributeValue:
    """Type a value by its attribute; raises `BadInputError` without a place."""
    match value:
        case tuple():
            return _parts(attribute, value)
        case str():
            return parse(attribute, value)
        case bool():
            return _of(attribute, {AttributeType.YES_NO}, value, value)
        case datetime():
            if value.time() != _NO_TIME or value.tzinfo is not None:
                raise BadInputError("a time of day where a day belongs", remedy="type a day only")
            return _of(attribute, {AttributeType.DAY}, value, value.date())
        case date():
            return _of(attribute, {AttributeType.DAY}, value, value)
        case int():
            return _of_number(attribute, value)
        case float():
            return _of_number(attribute, int(value) if value.is_integer() else value)


def _parts(attribute: Attribute, parts: tuple[str, ...]) -> AttributeValue:
    if attribute.type is not AttributeType.MANY:
        raise BadInputError("several values where one belongs", remedy="give one value")
    return tuple(one for part in parts for one in _several(parse(attribute, part)))


def _several(value: AttributeValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _of_number(attribute: Attribute, number: float) -> AttributeValue:
    match attribute.type:
        case AttributeType.NUMBER:
            return float(number)
        case AttributeType.WHOLE if isinstance(number, int):
            return number
        case AttributeType.TEXT | AttributeType.MANY if isinstance(number, int):
            return parse(attribute, str(number))
        case AttributeType.TEXT | AttributeType.MANY:
            raise BadInputError(
                f"the number {number} where a text belongs, its last digits may be lost",
                remedy="format the cell as text and type it again",
            )
        case _:
            raise BadInputError(
                f"{number} is no {attribute.type.value.replace('_', ' or ')}",
                remedy=f"{attribute.zh}／{attribute.en}",
            )


def _of(
    attribute: Attribute, types: set[AttributeType], value: Written, typed: AttributeValue
) -> AttributeValue:
    if attribute.type in types:
        return typed
    raise BadInputError(
        f"{value} is no {attribute.type.value.replace('_', ' or ')}",
        remedy="type it as a text" if attribute.type is AttributeType.TEXT else "",
    )
