"""Expand the demo plan into an estate: systems, hosts, people, suppliers and how they hang together.

Everything follows from the plan and its seed; the same plan gives the same estate everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from panshi.errors import ContentError
from panshi.model.asset import (
    Asset,
    AssetId,
    AssetKind,
    AttributeValue,
    Relation,
    RelationKind,
)
from panshi.model.estate import Estate
from panshi.observe.demo_bank.chance import choice, share, whole
from panshi.observe.demo_bank.plan import BankPlan, DemoPlan, SystemGroup

COLUMNS = 5
INVENTORIES = ("cmdb", "edr")


def demo_estate(plan: DemoPlan, now: datetime) -> Estate:
    """Build the estate of the demo bank."""
    builder = _Builder(plan.bank)
    builder.build()
    return Estate(
        id=plan.bank.id,
        name_zh=plan.bank.name_zh,
        name_en=plan.bank.name_en,
        version=1,
        as_of=now,
        assets=tuple(builder.assets),
        relations=tuple(builder.relations),
        demo=True,
    )


class _Builder:
    """Collects assets and relations while the plan is walked once, from top to bottom."""

    def __init__(self, plan: BankPlan) -> None:
        self.plan = plan
        self.assets: list[Asset] = []
        self.relations: list[Relation] = []
        self.systems: dict[str, list[AssetId]] = {}
        self.flags: dict[AssetId, set[str]] = {}
        self.institution = AssetId(f"institution:{plan.id}")

    def build(self) -> None:
        """Walk the plan."""
        plan = self.plan
        self._add(AssetKind.INSTITUTION, plan.id, plan.name_zh, dict(plan.institution))
        for site in plan.sites:
            kind = "cloud_region" if site.cloud else "data_centre"
            attributes: dict[str, AttributeValue] = {
                "site_kind": kind,
                "country": site.country,
                "city": site.city,
            }
            self._add(AssetKind.SITE, site.id, site.zh, attributes)
        for zone in plan.zones:
            self._add(AssetKind.ZONE, zone.id, zone.zh, {"zone_kind": zone.id})
        self._suppliers()
        for name, group in plan.groups.items():
            for line in group.systems:
                self._system(name, group, line)
        self._services()
        self._accounts()
        self._devices_and_people()
        self._iot()
        self._endpoints()
        self._channels()

    def _add(
        self,
        kind: AssetKind,
        name: str,
        title: str,
        attributes: dict[str, AttributeValue],
        *,
        inventories: tuple[str, ...] = ("cmdb",),
        identifiers: tuple[str, ...] = (),
    ) -> AssetId:
        identity = AssetId(f"{kind}:{name}")
        self.assets.append(
            Asset(
                id=identity,
                kind=kind,
                name=title,
                attributes=attributes,
                identifiers=identifiers,
                inventories=inventories,
            )
        )
        return identity

    def _relate(self, kind: RelationKind, source: AssetId, target: AssetId) -> None:
        self.relations.append(Relation(kind=kind, source=source, target=target))

    def _suppliers(self) -> None:
        names = [*self.plan.suppliers.cloud, self.plan.suppliers.everyone_depends_on]
        words, kinds = self.plan.suppliers.words_zh, self.plan.suppliers.kinds_zh
        names += [word + kind for kind in kinds for word in words]
        for number, name in enumerate(names[: self.plan.suppliers.count], start=1):
            identity = f"s{number:02}"
            attributes: dict[str, AttributeValue] = {
                "tier": 1 if number <= 8 else 2 if number <= 25 else 3,
                "cloud_provider": number <= len(self.plan.suppliers.cloud),
                "country": "TW" if number != 2 else "JP",
            }
            supplier = self._add(
                AssetKind.SUPPLIER,
                identity,
                name,
                attributes,
                inventories=("procurement",),
            )
            contract = self._add(
                AssetKind.CONTRACT,
                f"c-{identity}",
                f"{name}服務契約",
                {"cloud": number <= 2, "material": number <= 8},
                inventories=("procurement",),
            )
            self._relate(RelationKind.COVERED_BY, supplier, contract)

    def _system(self, group_name: str, group: SystemGroup, line: str) -> None:
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
            "rto_minutes": group.rto_minutes,
            "rpo_minutes": group.rpo_minutes,
            "mtpd_minutes": group.rto_minutes * 3,
            "fields": tuple(sorted(fields)),
        }
        if cloud:
            attributes["cloud_model"] = (
                "SaaS" if "saas" in flags else choice(("IaaS", "PaaS"), name, "model")
            )
            attributes["material_outsourcing"] = "pii" in flags
        system = self._add(AssetKind.SYSTEM, name, zh, attributes)
        self.systems.setdefault(group_name, []).append(system)
        self.flags[system] = flags
        self._relate(RelationKind.OWNED_BY, system, self.institution)
        self._suppliers_of(system, name)
        for number in range(1, int(hosts) + 1):
            self._host(system, name, number, group, flags, tuple(sorted(fields)))
        self._dataset(system, name, zh, flags, tuple(sorted(fields)))
        self._software(system, name, zh, flags)
        if "ai" in flags:
            ai_system = self._add(
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
            self._relate(RelationKind.PART_OF, ai_system, system)

    def _suppliers_of(self, system: AssetId, name: str) -> None:
        if share(name, "depends") < 0.55:
            self._relate(RelationKind.SUPPLIED_BY, system, AssetId("supplier:s03"))
        other = whole(4, self.plan.suppliers.count, name, "supplier")
        self._relate(RelationKind.SUPPLIED_BY, system, AssetId(f"supplier:s{other:02}"))

    def _host(
        self,
        system: AssetId,
        name: str,
        number: int,
        group: SystemGroup,
        flags: set[str],
        fields: tuple[str, ...],
    ) -> None:
        cloud = bool(flags & {"cloud", "saas"})
        site = self._site(cloud, name, number)
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
            "internet_facing": "net" in flags and number <= 2,
            "zone": "cloud" if cloud else group.zone,
            "fields": fields,
            "criticality": group.criticality,
        }
        octets = f"10.{whole(1, 250, name, 'net')}.{number}.{whole(2, 250, name, number, 'ip')}"
        known_to_edr = share(name, number, "edr") < 0.955
        host = self._add(
            AssetKind.HOST,
            f"{name}-{number:02}",
            f"{name}-{number:02}",
            attributes,
            identifiers=(f"host:{octets}",),
            inventories=INVENTORIES if known_to_edr else INVENTORIES[:1],
        )
        self._relate(RelationKind.RUNS_ON, system, host)
        self._relate(RelationKind.LOCATED_AT, host, site)

    def _site(self, cloud: bool, name: str, number: int) -> AssetId:
        sites = [site for site in self.plan.sites if site.cloud is cloud]
        point = share(name, number, "site") * sum(site.share for site in sites)
        for site in sites:
            point -= site.share
            if point < 0:
                return AssetId(f"site:{site.id}")
        return AssetId(f"site:{sites[-1].id}")

    def _dataset(
        self,
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
            "country": "JP" if cloud and share(name, "abroad") < 0.2 else "TW",
            "fields": fields,
        }
        dataset = self._add(
            AssetKind.DATASET,
            name,
            f"{zh}資料",
            attributes,
            inventories=("data-catalogue",),
        )
        self._relate(RelationKind.HOLDS, system, dataset)

    def _software(self, system: AssetId, name: str, zh: str, flags: set[str]) -> None:
        made = sum(asset.kind is AssetKind.SOFTWARE for asset in self.assets)
        for part in range(1, 4 if "dev" in flags else 3):
            if made + part > self.plan.sboms:
                return
            software = self._add(
                AssetKind.SOFTWARE,
                f"{name}-{part}",
                f"{zh} 元件 {part}",
                {
                    "vendor": "本行" if "dev" in flags else "供應商",
                    "version": f"{part}.{whole(0, 9, name, part)}",
                },
                inventories=("sbom",),
            )
            self._relate(RelationKind.PART_OF, software, system)

    def _services(self) -> None:
        for service in self.plan.services:
            identity = self._add(
                AssetKind.SERVICE,
                service.id,
                service.zh,
                {"critical": service.id != "workplace"},
            )
            for group in service.groups:
                for system in self.systems[group]:
                    self._relate(RelationKind.DEPENDS_ON, identity, system)
        gateway, signin = AssetId("system:dig-gateway"), AssetId("system:dig-signin")
        for system in self.systems["digital"]:
            if system not in {gateway, signin}:
                self._relate(RelationKind.DEPENDS_ON, system, gateway)
                self._relate(RelationKind.DEPENDS_ON, system, signin)

    def _accounts(self) -> None:
        all_systems = [system for group in self.systems.values() for system in group]
        for label, count in self.plan.accounts.items():
            for number in range(1, count + 1):
                name = f"{label}-{number:04}"
                system = choice(all_systems, name, "system")
                fields = self._fields_of(label, name)
                known = share(name, "hr") < 0.97 or label == "service"
                account = self._add(
                    AssetKind.ACCOUNT,
                    name,
                    name,
                    {
                        "privileged": label == "privileged",
                        "external": label == "external",
                        "human": label != "service",
                        "fields": fields,
                    },
                    inventories=("idp", "hr") if known else ("idp",),
                )
                self._relate(RelationKind.MEMBER_OF, account, system)

    @staticmethod
    def _fields_of(label: str, name: str) -> tuple[str, ...]:
        match label:
            case "privileged":
                return ("app_admin", "system_operation")
            case "external":
                return ("cross_institution", "service_provider")
            case _:
                return (
                    ("remote_work", "cloud_access")
                    if share(name, "remote") < 0.5
                    else ("app_admin",)
                )

    def _devices_and_people(self) -> None:
        for label, count in self.plan.devices.items():
            for number in range(1, count + 1):
                kind = label if label in {"notebook", "phone", "tablet"} else "notebook"
                external, byod = label == "external", label == "byod"
                fields = (
                    ("service_provider",)
                    if external
                    else ("remote_work", "cloud_access")
                )
                self._add(
                    AssetKind.DEVICE,
                    f"{label}-{number:04}",
                    f"{label}-{number:04}",
                    {
                        "device_kind": "phone" if byod else kind,
                        "external": external,
                        "byod": byod,
                        "holds_sensitive": share(label, number, "sensitive") < 0.6,
                        "fields": fields,
                    },
                    inventories=("mdm", "nac")
                    if share(label, number, "nac") < 0.96
                    else ("mdm",),
                )
        for number in range(1, self.plan.people + 1):
            groups = tuple(
                group
                for group, part in (
                    ("cloud", 0.2),
                    ("ai", 0.15),
                    ("board", 0.018),
                    ("iot", 0.04),
                )
                if share("person", number, group) < part
            )
            self._add(
                AssetKind.PERSON,
                f"p{number:04}",
                f"員工 {number:04}（示範）",
                {"training_groups": groups},
                inventories=("hr",),
            )

    def _iot(self) -> None:
        for label, count in self.plan.iot.items():
            for number in range(1, count + 1):
                device = self._add(
                    AssetKind.IOT_DEVICE,
                    f"{label}-{number:03}",
                    f"{label}-{number:03}",
                    {
                        "device_kind": label,
                        "updatable": share(label, number, "up") < 0.9,
                        "sensor": label == "sensor",
                    },
                    inventories=("facilities",),
                )
                self._relate(RelationKind.PART_OF, device, AssetId("zone:iot"))

    def _endpoints(self) -> None:
        facing = [system for group in self.systems.values() for system in group]
        for number in range(self.plan.endpoints):
            system = facing[number % len(facing)]
            round_, name = number // len(facing), system.partition(":")[2]
            flags = self.flags[system]
            outside = "net" in flags and round_ < 2
            host = f"{name}{'' if round_ == 0 else f'-{round_}'}.{'demo-bank.example' if outside else 'internal.example'}"
            fields = next(a.attributes["fields"] for a in self.assets if a.id == system)
            endpoint = self._add(
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
                inventories=("dns", "scan") if share(host, "scan") < 0.97 else ("dns",),
            )
            self._relate(RelationKind.EXPOSES, system, endpoint)

    def _channels(self) -> None:
        for name, zh, audience in (
            ("mbank", "磐石行動銀行", "customer"),
            ("mbank-biz", "磐石企業行動銀行", "customer"),
            ("wallet", "磐石支付", "customer"),
            ("invest", "磐石智投", "customer"),
            ("branch-tablet", "分行平板服務", "staff"),
            ("approve", "行動簽核", "staff"),
        ):
            app = self._add(
                AssetKind.MOBILE_APP,
                name,
                zh,
                {"audience": audience},
                inventories=("app-register",),
            )
            self._relate(RelationKind.PART_OF, app, AssetId("system:dig-mbank"))
        for platform, zh in (
            ("facebook", "臉書粉絲專頁"),
            ("line", "LINE 官方帳號"),
            ("youtube", "YouTube 頻道"),
            ("instagram", "Instagram 帳號"),
        ):
            self._add(
                AssetKind.SOCIAL_ACCOUNT,
                platform,
                zh,
                {"platform": platform},
                inventories=("marketing",),
            )
        for number, (name, audience) in enumerate(
            (
                ("accounts", "open"),
                ("payments", "partner"),
                ("products", "open"),
                ("consent", "partner"),
                ("customers", "internal"),
                ("ledger", "internal"),
                ("limits", "internal"),
                ("cards", "partner"),
            )
        ):
            api = self._add(
                AssetKind.API,
                name,
                f"{name} API",
                {"audience": audience},
                inventories=("gateway",),
            )
            target = "dig-openapi" if number < 4 else "dig-gateway"
            self._relate(RelationKind.PART_OF, api, AssetId(f"system:{target}"))


def systems(estate: Estate) -> Iterator[Asset]:
    """Systems of an estate, in order."""
    yield from estate.by_kind.get(AssetKind.SYSTEM, ())
