"""Any estate that may exist: every kind, every attribute, names nobody would choose."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue, Relation, RelationKind
from panshi.model.attributes import ATTRIBUTES, Attribute, AttributeType, text_problem
from panshi.model.estate import Estate

AS_OF = datetime(2026, 9, 30, 1, 2, 3, tzinfo=UTC)

_AWKWARD = st.sampled_from(
    [
        "磐石示範銀行",
        "核心主機（正式）",
        "=1+1",
        "+886-2-2345",
        "-",
        "@SUM(A1)",
        "NO",
        "null",
        "~",
        "1.10",
        "007",
        "2026-09-30",
        "true",
        "[]",
        "a: b",
        "a #b",
        "'quoted' \"twice\"",
        "back\\slash",
        "x_x0041_x",
        "_x000D_",
        "<&>]]>",
        "a;b",
        "甲；乙",
        "http://example.org/",
        "🏦",
        "\u200bzero width",
        "b\ufeffom",
        "%s {0}",
    ]
)
texts = st.one_of(
    _AWKWARD,
    st.text(min_size=1, max_size=30).map(str.strip).filter(lambda text: not text_problem(text)),
).filter(lambda text: not text_problem(text))


def values(attribute: Attribute) -> st.SearchStrategy[AttributeValue]:
    """Any value the attribute may have."""
    text = st.sampled_from(attribute.values) if attribute.choices else texts
    low, high = attribute.minimum, attribute.maximum
    match attribute.type:
        case AttributeType.TEXT:
            return text
        case AttributeType.MANY:
            return st.lists(text, max_size=4).map(tuple)
        case AttributeType.YES_NO:
            return st.booleans()
        case AttributeType.DAY:
            return st.dates()
        case AttributeType.WHOLE:
            most = 10**15 if high is None else int(high)
            return st.integers(-(10**15) if low is None else int(low), most)
        case AttributeType.NUMBER:
            return st.floats(low, high, allow_nan=False, allow_infinity=False)


@st.composite
def assets(draw: st.DrawFn, number: int) -> Asset:
    """Any asset; `number` keeps its names apart from others'."""
    kind = draw(st.sampled_from(AssetKind))
    schema = ATTRIBUTES[kind].values()
    chosen = draw(st.lists(st.sampled_from(list(schema)), max_size=5, unique_by=lambda a: a.name))
    chosen += [a for a in schema if a.required and a not in chosen]
    return Asset(
        id=AssetId(f"{kind}:{number}{draw(texts)}"),
        kind=kind,
        name=draw(texts),
        attributes={attribute.name: draw(values(attribute)) for attribute in chosen},
        identifiers=tuple(
            f"{kind}:{number}/{at}{text}"
            for at, text in enumerate(draw(st.lists(texts, max_size=2)))
        ),
        inventories=tuple(draw(st.lists(texts, max_size=2))),
    )


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """Any estate without problems."""
    found = tuple(draw(assets(number)) for number in range(draw(st.integers(0, 6))))
    ends = st.sampled_from([asset.id for asset in found]) if found else st.nothing()
    relations = draw(
        st.lists(
            st.builds(Relation, kind=st.sampled_from(RelationKind), source=ends, target=ends),
            max_size=6 if found else 0,
            unique=True,
        )
    )
    return Estate(
        id="bank",
        name_zh=draw(texts),
        name_en=draw(texts),
        version=1,
        as_of=AS_OF,
        assets=found,
        relations=tuple(relations),
        demo=draw(st.booleans()),
    )
