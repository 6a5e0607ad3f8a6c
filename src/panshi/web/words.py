"""Words the console needs beside those of verdicts: kinds of asset, relations, outcomes, rules.

Both languages stand side by side, here and in the templates (`{% say "中文" "English" %}`), so
that a text cannot exist in one language only (ADR 0061).
"""

from __future__ import annotations

from django.utils.translation import get_language

from panshi.model.asset import AssetKind, RelationKind
from panshi.model.attributes.words import FIELDS
from panshi.model.control import MachineClass, MappingRelation, Strength
from panshi.model.observation import Outcome

type Pair = tuple[str, str]

ASSET_KINDS: dict[AssetKind, Pair] = {
    AssetKind.INSTITUTION: ("機構", "Institution"),
    AssetKind.SERVICE: ("服務", "Service"),
    AssetKind.SYSTEM: ("系統", "System"),
    AssetKind.SOFTWARE: ("軟體", "Software"),
    AssetKind.HOST: ("主機", "Host"),
    AssetKind.DEVICE: ("端點設備", "Device"),
    AssetKind.ACCOUNT: ("帳號", "Account"),
    AssetKind.ZONE: ("網段", "Zone"),
    AssetKind.ENDPOINT: ("服務端點", "Endpoint"),
    AssetKind.DATASET: ("資料集", "Data set"),
    AssetKind.CRYPTO: ("密碼資產", "Crypto asset"),
    AssetKind.API: ("API", "API"),
    AssetKind.AI_SYSTEM: ("AI 系統", "AI system"),
    AssetKind.SITE: ("據點", "Site"),
    AssetKind.SUPPLIER: ("供應商", "Supplier"),
    AssetKind.CONTRACT: ("契約", "Contract"),
    AssetKind.PERSON: ("人員", "Person"),
    AssetKind.ROLE: ("職務", "Role"),
    AssetKind.MOBILE_APP: ("行動應用程式", "Mobile app"),
    AssetKind.SOCIAL_ACCOUNT: ("社群帳號", "Social account"),
    AssetKind.IOT_DEVICE: ("物聯網設備", "IoT device"),
}

RELATIONS: dict[RelationKind, Pair] = {
    RelationKind.DEPENDS_ON: ("依賴", "depends on"),
    RelationKind.PART_OF: ("屬於", "is part of"),
    RelationKind.RUNS_ON: ("執行於", "runs on"),
    RelationKind.LOCATED_AT: ("位於", "is located at"),
    RelationKind.SUPPLIED_BY: ("供應自", "is supplied by"),
    RelationKind.OWNED_BY: ("負責單位為", "is owned by"),
    RelationKind.HOLDS: ("存放", "holds"),
    RelationKind.EXPOSES: ("對外提供", "exposes"),
    RelationKind.CONNECTS_TO: ("連線至", "connects to"),
    RelationKind.USES: ("使用", "uses"),
    RelationKind.BACKED_UP_TO: ("備份至", "is backed up to"),
    RelationKind.COVERED_BY: ("受規範於", "is covered by"),
    RelationKind.MEMBER_OF: ("隸屬", "is a member of"),
}

OUTCOMES: dict[Outcome, Pair] = {
    Outcome.SEEN: ("已觀測", "seen"),
    Outcome.ABSENT: ("確認不存在", "absent"),
    Outcome.UNREACHABLE: ("無法連上", "unreachable"),
    Outcome.FAILED: ("觀測失敗", "look failed"),
}

STRENGTHS: dict[Strength, Pair] = {
    Strength.MUST: ("應", "must"),
    Strength.MUST_NOT: ("不得", "must not"),
    Strength.SHOULD: ("宜", "should"),
    Strength.MAY: ("得", "may"),
    Strength.NONE: ("無", "none"),
}

MACHINE: dict[MachineClass, Pair] = {
    MachineClass.AUTO: ("機器可判定", "machine-decidable"),
    MachineClass.SEMI: ("半自動", "semi-automatic"),
    MachineClass.MANUAL: ("須人工", "needs a person"),
    MachineClass.NONE: ("不適用", "not applicable"),
}

MAPPINGS: dict[MappingRelation, Pair] = {
    MappingRelation.EQUAL: ("相同", "equal to"),
    MappingRelation.EQUIVALENT: ("等效", "equivalent to"),
    MappingRelation.SUBSET: ("為其一部分", "subset of"),
    MappingRelation.SUPERSET: ("涵蓋之", "superset of"),
    MappingRelation.INTERSECTS: ("部分相關", "intersects with"),
    MappingRelation.NONE: ("無關", "no relationship"),
}

FIELD_NAMES: dict[str, Pair] = {choice.value: (choice.zh, choice.en) for choice in FIELDS}
"The six fields (場域) of the zero-trust guide."


def chinese() -> bool:
    """Whether the page being made is in Chinese."""
    return not (get_language() or "").startswith("en")


def pick(pair: Pair) -> str:
    """Give the half of a pair that the page is made in."""
    return pair[0] if chinese() else pair[1]


def say(zh: str, en: str) -> str:
    """Give one text of two."""
    return zh if chinese() else en


def many(count: int, one: str, more: str = "") -> str:
    """Count things in English: one of a thing is not told in the plural."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def asset_kind(kind: str) -> str:
    """Say a kind of asset in words; unknown kinds as they are."""
    known = {each.value: pair for each, pair in ASSET_KINDS.items()}.get(kind)
    return pick(known) if known else kind


def field_name(field: str) -> str:
    """Say a field in words; the whole estate where none is chosen."""
    if not field:
        return say("全部場域", "whole estate")
    pair = FIELD_NAMES.get(field)
    return pick(pair) if pair else field
