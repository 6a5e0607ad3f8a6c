"""An institution with twenty hosts and nothing else."""

from datetime import UTC, datetime

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
HOSTS = 20


def small_estate() -> Estate:
    institution = Asset(
        id=AssetId("institution:small"),
        kind=AssetKind.INSTITUTION,
        name="小型銀行",
        attributes={"sector": "bank"},
    )
    hosts = (
        Asset(id=AssetId(f"host:h{n}"), kind=AssetKind.HOST, name=f"h{n}") for n in range(HOSTS)
    )
    return Estate(
        id="small",
        name_zh="小型銀行",
        name_en="Small bank",
        version=1,
        as_of=NOW,
        assets=(institution, *hosts),
    )
