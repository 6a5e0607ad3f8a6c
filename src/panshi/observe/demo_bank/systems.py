"""Systems of the demo bank with their hosts, data sets, software, endpoints and models."""

from __future__ import annotations

from math import ceil

from panshi.errors import ContentError
from panshi.model.asset import AssetId, AssetKind, AttributeValue, RelationKind
from panshi.observe.demo_bank.chance import choice, share, whole
from panshi.observe.demo_bank.draft import Draft
from panshi.observe.demo_bank.plan import SystemGroup

COLUMNS = 5
INVENTORIES = ("cmdb", "edr")
EXPOSED = 2
"So many hosts, and rounds of endpoints, of an internet-facing system can be reached from outside."


def add_systems(draft: Draft) -> None:
    """Add every system of the plan, group by group."""
    for name, group in draft.plan.groups.items():
        for line in group.systems:
            _system(draft, name, group, line)


def _system(draft: Draft, group_name: str, group: SystemGroup, line: str) -> None:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != COLUMNS:
        raise ContentError(
            f"a system line has {len(parts)} columns: {line!r}",
            place="demo/bank.yaml",
        )
    name, zh, _en, hosts, words = parts
    flags = set(words.split())
    cloud = bool(flags & {"cloud", "saas"})
    fields = set(group.fields) | ({"cloud_access"} if cloud else set())
    fields |= {"cross_institution"} if "partner" in flags else set()
    fields |= {"service_provider"} if "saas" in flags else set()
    attributes: dict[str, AttributeValue] = {
        "core": group.core,
        "criticality": group.criticality,
        "customer_facing": "cust" in flags,
        "internet_facing": "net" in flags,
        "holds_personal_data": "pii" in flags,
        "in_house_developed": "dev" in flags,
        "cloud": cloud,
        "telephone_trading": "phone" in flags,
        "video_identification": "video" in flags,
        "rto_minutes": group.rto_minutes,
        "rpo_minutes": group.rpo_minutes,
        "mtpd_minutes": group.rto_minutes * 3,
        "hosts_needed": ceil(int(hosts) * draft.plan.shares["hosts_needed"]),
        "fields": tuple(sorted(fields)),
    }
    if cloud:
        attributes["cloud_model"] = (
            "SaaS" if "saas" in flags else choice(("IaaS", "PaaS"), name, "model")
        )
        attributes["material_outsourcing"] = "pii" in flags
    system = draft.add(AssetKind.SYSTEM, name, zh, attributes)
    draft.systems.setdefault(group_name, []).append(system)
    draft.flags[system] = flags
    draft.relate(RelationKind.OWNED_BY, system, draft.institution)
    _suppliers_of(draft, system, name)
    for number in range(1, int(hosts) + 1):
        _host(draft, system, name, number, group, flags, tuple(sorted(fields)))
    _dataset(draft, system, name, zh, flags, tuple(sorted(fields)))
    _software(draft, system, name, zh, flags)
    if "ai" in flags:
        ai_system = draft.add(
            AssetKind.AI_SYSTEM,
            name,
            f"{zh}之模型",
            {
                "customer_facing": "cust" in flags,
                "third_party": "cloud" in flags,
                "high_risk": "pii" in flags,
            },
            inventories=("ai-register",),
        )
        draft.relate(RelationKind.PART_OF, ai_system, system)


def _suppliers_of(draft: Draft, system: AssetId, name: str) -> None:
    if share(name, "depends") < draft.plan.shares["on_one_supplier"]:
        draft.relate(RelationKind.SUPPLIED_BY, system, AssetId("supplier:s03"))
    other = whole(4, draft.plan.suppliers.count, name, "supplier")
    draft.relate(RelationKind.SUPPLIED_BY, system, AssetId(f"supplier:s{other:02}"))


def _host(
    draft: Draft,
    system: AssetId,
    name: str,
    number: int,
    group: SystemGroup,
    flags: set[str],
    fields: tuple[str, ...],
) -> None:
    cloud = bool(flags & {"cloud", "saas"})
    site = _site(draft, cloud=cloud, name=name, number=number)
    test = number % 7 == 0
    attributes: dict[str, AttributeValue] = {
        "os": choice(
            ("Debian 12", "RHEL 9", "Windows Server 2022", "AIX 7.3"),
            name,
            number,
            "os",
        ),
        "role": "vm" if cloud else "server",
        "environment": "test" if test else "production",
        "cloud": cloud,
        "internet_facing": "net" in flags and number <= EXPOSED,
        "zone": "cloud" if cloud else group.zone,
        "fields": fields,
        "criticality": group.criticality,
    }
    octets = f"10.{whole(1, 250, name, 'net')}.{number}.{whole(2, 250, name, number, 'ip')}"
    known_to_edr = share(name, number, "edr") < draft.plan.shares["hosts_known_to_edr"]
    host = draft.add(
        AssetKind.HOST,
        f"{name}-{number:02}",
        f"{name}-{number:02}",
        attributes,
        identifiers=(f"host:{octets}",),
        inventories=INVENTORIES if known_to_edr else INVENTORIES[:1],
    )
    draft.relate(RelationKind.RUNS_ON, system, host)
    draft.relate(RelationKind.LOCATED_AT, host, site)


def _site(draft: Draft, *, cloud: bool, name: str, number: int) -> AssetId:
    sites = [site for site in draft.plan.sites if site.cloud is cloud]
    point = share(name, number, "site") * sum(site.share for site in sites)
    for site in sites:
        point -= site.share
        if point < 0:
            return AssetId(f"site:{site.id}")
    return AssetId(f"site:{sites[-1].id}")


def _dataset(
    draft: Draft,
    system: AssetId,
    name: str,
    zh: str,
    flags: set[str],
    fields: tuple[str, ...],
) -> None:
    cloud = bool(flags & {"cloud", "saas"})
    attributes: dict[str, AttributeValue] = {
        "sensitive": "pii" in flags,
        "personal_data": "pii" in flags,
        "customer_data": "pii" in flags,
        "cloud": cloud,
        "material": cloud and "pii" in flags,
        "country": "JP"
        if cloud and share(name, "abroad") < draft.plan.shares["cloud_data_abroad"]
        else "TW",
        "fields": fields,
    }
    dataset = draft.add(
        AssetKind.DATASET,
        name,
        f"{zh}資料",
        attributes,
        inventories=("data-catalogue",),
    )
    draft.relate(RelationKind.HOLDS, system, dataset)


def _software(draft: Draft, system: AssetId, name: str, zh: str, flags: set[str]) -> None:
    made = sum(asset.kind is AssetKind.SOFTWARE for asset in draft.assets)
    for part in range(1, 5 if "dev" in flags else 3):
        if made + part > draft.plan.sboms:
            return
        software = draft.add(
            AssetKind.SOFTWARE,
            f"{name}-{part}",
            f"{zh} 元件 {part}",
            {
                "vendor": "本行" if "dev" in flags else "供應商",
                "version": f"{part}.{whole(0, 9, name, part)}",
            },
            inventories=("sbom",),
        )
        draft.relate(RelationKind.PART_OF, software, system)


def add_endpoints(draft: Draft) -> None:
    """Add TLS endpoints, round after round over the systems."""
    facing = [system for group in draft.systems.values() for system in group]
    for number in range(draft.plan.endpoints):
        system = facing[number % len(facing)]
        round_, name = number // len(facing), system.partition(":")[2]
        flags = draft.flags[system]
        outside = "net" in flags and round_ < EXPOSED
        domain = "demo-bank.example" if outside else "internal.example"
        host = f"{name}-{round_}.{domain}" if round_ else f"{name}.{domain}"
        fields = next(a.attributes["fields"] for a in draft.assets if a.id == system)
        endpoint = draft.add(
            AssetKind.ENDPOINT,
            f"{host}:443",
            f"{host}:443",
            {
                "host": host,
                "port": 443,
                "internet_facing": outside,
                "channel": "cust" in flags,
                "fields": fields,
            },
            inventories=("dns", "scan")
            if share(host, "scan") < draft.plan.shares["endpoints_known_to_scan"]
            else ("dns",),
        )
        draft.relate(RelationKind.EXPOSES, system, endpoint)
