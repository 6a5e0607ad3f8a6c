"""People, accounts, devices, things and customer channels of the demo bank."""

from __future__ import annotations

from panshi.model.asset import AssetId, AssetKind, RelationKind
from panshi.observe.demo_bank.chance import choice, share
from panshi.observe.demo_bank.draft import Draft


def add_accounts(draft: Draft) -> None:
    """Add accounts of staff, administrators, outsiders and services."""
    all_systems = [system for group in draft.systems.values() for system in group]
    for label, count in draft.plan.accounts.items():
        for number in range(1, count + 1):
            name = f"{label}-{number:04}"
            system = choice(all_systems, name, "system")
            fields = _fields_of(label, name, draft.plan.shares["staff_remote"])
            known = (
                share(name, "hr") < draft.plan.shares["accounts_known_to_hr"] or label == "service"
            )
            account = draft.add(
                AssetKind.ACCOUNT,
                name,
                name,
                {
                    "privileged": label == "privileged",
                    "external": label == "external",
                    "human": label != "service",
                    "interactive": label != "service",
                    "enabled": True,
                    "fields": fields,
                },
                inventories=("directory", "hr") if known else ("directory",),
            )
            draft.relate(RelationKind.MEMBER_OF, account, system)


def _fields_of(label: str, name: str, remote: float) -> tuple[str, ...]:
    match label:
        case "privileged":
            return ("app_admin", "system_operation")
        case "external":
            return ("cross_institution", "service_provider")
        case _:
            return (
                ("remote_work", "cloud_access")
                if share(name, "remote") < remote
                else ("app_admin",)
            )


def add_devices_and_people(draft: Draft) -> None:
    """Add devices and people."""
    for label, count in draft.plan.devices.items():
        for number in range(1, count + 1):
            kind = label if label in {"notebook", "phone", "tablet"} else "notebook"
            external, byod = label == "external", label == "byod"
            fields = ("service_provider",) if external else ("remote_work", "cloud_access")
            draft.add(
                AssetKind.DEVICE,
                f"{label}-{number:04}",
                f"{label}-{number:04}",
                {
                    "device_kind": "phone" if byod else kind,
                    "external": external,
                    "ownership": "external" if external else "byod" if byod else "issued",
                    "byod": byod,
                    "holds_sensitive": share(label, number, "sensitive")
                    < draft.plan.shares["devices_sensitive"],
                    "fields": fields,
                },
                inventories=("mdm", "nac")
                if share(label, number, "nac") < draft.plan.shares["devices_known_to_nac"]
                else ("mdm",),
            )
    for number in range(1, draft.plan.people + 1):
        groups = tuple(
            group
            for group, part in draft.plan.training_groups.items()
            if share("person", number, group) < part
        )
        draft.add(
            AssetKind.PERSON,
            f"p{number:04}",
            f"員工 {number:04}（示範）",
            {
                "training_groups": groups,
                "board": "board" in groups,
                "security_staff": "security" in groups,
            },
            inventories=("hr",),
        )


def add_things(draft: Draft) -> None:
    """Add Internet-of-things devices."""
    for label, count in draft.plan.iot.items():
        for number in range(1, count + 1):
            device = draft.add(
                AssetKind.IOT_DEVICE,
                f"{label}-{number:03}",
                f"{label}-{number:03}",
                {
                    "device_kind": label,
                    "updatable": share(label, number, "up") < draft.plan.shares["iot_updatable"],
                    "sensor": label == "sensor",
                },
                inventories=("facilities",),
            )
            draft.relate(RelationKind.PART_OF, device, AssetId("zone:iot"))


def add_channels(draft: Draft) -> None:
    """Add mobile apps, social accounts and APIs."""
    for app in draft.plan.mobile_apps:
        added = draft.add(
            AssetKind.MOBILE_APP,
            app.id,
            app.zh,
            {"audience": app.audience},
            inventories=("app-register",),
        )
        draft.relate(RelationKind.PART_OF, added, AssetId(f"system:{app.system}"))
    for account in draft.plan.social_accounts:
        draft.add(
            AssetKind.SOCIAL_ACCOUNT,
            account.id,
            account.zh,
            {"platform": account.id, "official": True},
            inventories=("marketing",),
        )
    for api in draft.plan.apis:
        added = draft.add(
            AssetKind.API, api.id, api.zh, {"audience": api.audience}, inventories=("gateway",)
        )
        draft.relate(RelationKind.PART_OF, added, AssetId(f"system:{api.system}"))
