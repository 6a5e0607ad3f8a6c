"""Into which of the six fields a system falls: in, out or unknown, with the rules that say so.

What puts a system into a field must be known; so must what exempts it. A system that is in a field
but might be exempt stays in, and the question that could exempt it is named. Scenario 6 of the
briefing is such an exemption (outsiders over VPN only), and so is the on-site supplier who works
on devices of the institution (ADR 0140).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.protection.zero_trust.scope.facts import (
    Facts,
    Field,
    important,
    open_to_internet,
    personal,
    sensitive,
)
from panshi.protection.zero_trust.scope.readings import Readings
from panshi.protection.zero_trust.scope.ternary import Ternary, all_of, any_of, negated

SUPPLIERS = ("supplier_remote", "supplier_on_site", "supplier")


class Standing(StrEnum):
    """How a system stands to a field."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule: what it says, and the facts it looked at."""

    rule: str
    "`<field>.<rule>`; the words stand in `content/zero_trust/scope.yaml`."
    holds: Ternary
    exempts: bool = False
    "Takes the system out of the field where it holds."
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFinding:
    """How one system stands to one field."""

    field: Field
    standing: Standing
    reasons: tuple[Reason, ...]
    asks: tuple[str, ...] = ()
    "Facts not known on which it hangs."
    could_exempt: tuple[str, ...] = ()
    "Facts not known that could take it out of the field."
    stated: bool | None = None
    "Whether the estate itself labels the system with the field; None where it labels none."
    clashes: bool = False
    "The estate's label and the facts disagree."


def classify(
    facts: Facts, readings: Readings, stated: frozenset[str] | None
) -> tuple[FieldFinding, ...]:
    """Judge all six fields."""
    return tuple(_finding(field, facts.seen_in(field), readings, stated) for field in Field)


def _finding(
    field: Field, facts: Facts, readings: Readings, stated: frozenset[str] | None
) -> FieldFinding:
    entering, exempting = _RULES[field](facts, readings)
    entered = (
        all_of(each.holds for each in entering)
        if field is Field.APP_ADMIN
        else any_of(each.holds for each in entering)
    )
    exempt = any_of(each.holds for each in exempting) if exempting else False
    labelled = None if stated is None else field in stated
    reasons = [*entering, *exempting]
    if entered is False or exempt:
        standing = Standing.OUT
    elif entered:
        standing = Standing.IN
    else:
        standing = Standing.UNKNOWN
    clashes = labelled is not None and standing is not Standing.UNKNOWN
    clashes = clashes and labelled is not (standing is Standing.IN)
    if standing is Standing.UNKNOWN and labelled:
        standing = Standing.IN
        reasons.append(Reason(rule="any.stated", holds=True, facts=("fields",)))
    open_ = [each for each in entering if each.holds is None]
    return FieldFinding(
        field=field,
        standing=standing,
        reasons=tuple(reasons),
        asks=_missing(facts, open_) if entered is None and not exempt else (),
        could_exempt=_missing(facts, [e for e in exempting if e.holds is None]),
        stated=labelled,
        clashes=clashes,
    )


def _missing(facts: Facts, reasons: list[Reason]) -> tuple[str, ...]:
    """Give the facts that are not known, or known too vaguely to decide."""
    found: list[str] = []
    for each in reasons:
        unknown = [name for name in each.facts if name not in facts.known]
        found += unknown or each.facts
    return tuple(dict.fromkeys(found))


type _Rules = tuple[list[Reason], list[Reason]]


def _remote_work(facts: Facts, _readings: Readings) -> _Rules:
    supplier = facts.has("operated_by", "supplier_remote")
    if supplier is False and facts.has("operated_by", "supplier"):
        supplier = None
    return [
        Reason(
            rule="remote_work.staff",
            holds=facts.yes("remote_staff_access"),
            facts=("remote_staff_access",),
        ),
        Reason(rule="remote_work.supplier", holds=supplier, facts=("operated_by",)),
    ], []


def _cloud_access(facts: Facts, _readings: Readings) -> _Rules:
    model = bool(facts.word("cloud_model"))
    provider = facts.has("operated_by", "cloud_provider")
    cloud = facts.yes("cloud")
    return [
        Reason(
            rule="cloud_access.cloud",
            holds=True if model or provider else cloud,
            facts=("cloud", "cloud_model", "operated_by") if model or provider else ("cloud",),
        )
    ], []


def _system_operation(facts: Facts, readings: Readings) -> _Rules:
    kept = facts.yes("privileged_accounts")
    run = facts.has("operated_by", "staff", *SUPPLIERS)
    entering = [
        Reason(
            rule="system_operation.accounts",
            holds=run if kept is None else kept,
            facts=("privileged_accounts",) if kept is not None else ("operated_by",),
        )
    ]
    if not readings.operation_needs_importance:
        return entering, []
    return entering, [
        Reason(
            rule="system_operation.unimportant",
            holds=negated(important(facts)),
            exempts=True,
            facts=("core", "criticality"),
        )
    ]


def _app_admin(facts: Facts, readings: Readings) -> _Rules:
    return [
        Reason(
            rule="app_admin.data",
            holds=any_of((_bulk(facts, readings), sensitive(facts))),
            facts=("holds_personal_data", "holds_staff_data", "sensitive", "personal_records")
            if readings.bulk_records > 1
            else ("holds_personal_data", "holds_staff_data", "sensitive"),
        ),
        Reason(
            rule="app_admin.separate",
            holds=facts.yes("separate_admin_accounts"),
            facts=("separate_admin_accounts",),
        ),
    ], []


def _bulk(facts: Facts, readings: Readings) -> Ternary:
    """Whether it holds a large amount of personal data."""
    holds = personal(facts)
    if not holds or readings.bulk_records <= 1:
        return holds
    records = facts.number("personal_records")
    return None if records is None else records >= readings.bulk_records


def _service_provider(facts: Facts, _readings: Readings) -> _Rules:
    inside = facts.words("operated_by")
    devices = facts.words("supplier_devices")
    on_site_only = inside.isdisjoint(("supplier_remote", "supplier")) if inside else None
    issued_only = devices == {"issued"} if devices else None
    exempting = []
    if facts.has("operated_by", "supplier_on_site"):
        exempting.append(
            Reason(
                rule="service_provider.our_devices",
                holds=all_of((on_site_only, issued_only)),
                exempts=True,
                facts=("supplier_devices",),
            )
        )
    return [
        Reason(
            rule="service_provider.operates",
            holds=facts.has("operated_by", *SUPPLIERS),
            facts=("operated_by",),
        )
    ], exempting


def _cross_institution(facts: Facts, readings: Readings) -> _Rules:
    exempting = [
        Reason(
            rule="cross_institution.managed",
            holds=facts.yes("external_users_managed"),
            exempts=True,
            facts=("external_users_managed",),
        )
    ]
    if readings.vpn_exempts:
        exempting.append(
            Reason(
                rule="cross_institution.vpn_only",
                holds=negated(open_to_internet(facts)),
                exempts=True,
                facts=("vpn_only", "internet_facing", "connections"),
            )
        )
    return [
        Reason(
            rule="cross_institution.outsiders",
            holds=facts.yes("external_users"),
            facts=("external_users",),
        )
    ], exempting


_RULES = {
    Field.REMOTE_WORK: _remote_work,
    Field.CLOUD_ACCESS: _cloud_access,
    Field.SYSTEM_OPERATION: _system_operation,
    Field.APP_ADMIN: _app_admin,
    Field.SERVICE_PROVIDER: _service_provider,
    Field.CROSS_INSTITUTION: _cross_institution,
}
