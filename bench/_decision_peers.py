"""The peers of bench/decisions.py: each takes the work in its own language, as its manual says.

They stand in build/peers, where `make bench` (or `make build/peers/.packages`) puts them.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import cedarpy
from _decision_work import Rule, Work, cedar, rego

sys.path.append(str(Path(__file__).parents[1] / "build" / "peers"))

import casbin
import regorus
import vakt
from vakt.rules.list import In
from vakt.rules.logic import And, Any
from vakt.rules.operator import Eq, GreaterOrEqual, Less, LessOrEqual

type Decider = Callable[[int], bool]
"Decides the request of this number."


def cedarpy_handles(load: Work) -> Decider:
    """Use cedarpy with policies and entities parsed once."""
    policies = cedarpy.PolicySet.from_str(cedar(load.rules))
    listed = [
        {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}
        for kind, table in (("User", load.users), ("Resource", load.resources))
        for name, attributes in table.items()
    ]
    entities = cedarpy.Entities.from_json_str(json.dumps(listed))
    asked = [
        {
            "principal": {"type": "User", "id": user},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Resource", "id": resource},
            "context": json.dumps(context),
        }
        for user, action, resource, context in load.requests
    ]
    return lambda n: cedarpy.is_authorized(asked[n], policies, entities).allowed


def regorus_json(load: Work) -> Decider:
    """Use regorus; its input must come as JSON, or truths become numbers."""
    engine = regorus.Engine()
    engine.add_policy("zt.rego", rego(load.rules))
    inputs = [
        json.dumps(
            {
                "user": load.users[user],
                "action": action,
                "resource": load.resources[resource],
                "context": context,
            }
        )
        for user, action, resource, context in load.requests
    ]

    def decide(number: int) -> bool:
        engine.set_input_json(inputs[number])
        return bool(engine.eval_rule("data.zt.allow"))

    return decide


def vakt_guard(load: Work) -> Decider:
    """Use vakt; it cannot compare two attributes, so "same department" is worked out for it."""
    logging.disable(logging.CRITICAL)
    storage = vakt.MemoryStorage()
    for rule in load.rules:
        storage.add(_vakt(rule))
    guard = vakt.Guard(storage, vakt.RulesChecker())
    inquiries = [
        vakt.Inquiry(
            subject=load.users[user],
            action=action,
            resource=load.resources[resource],
            context={
                **context,
                "same": load.users[user]["dept"] == load.resources[resource]["dept"],
            },
        )
        for user, action, resource, context in load.requests
    ]
    return lambda n: bool(guard.is_allowed(inquiries[n]))


def _vakt(rule: Rule) -> vakt.Policy:
    subject = {
        "role": In(*rule.roles) if rule.roles else None,
        "dept": Eq(rule.department) if rule.department else None,
        "clearance": GreaterOrEqual(rule.clearance) if rule.clearance is not None else None,
    }
    context = {
        "same": Eq(val=True) if rule.same_department else None,
        "compliant": Eq(val=True) if rule.compliant else None,
        "patch_age": LessOrEqual(rule.patch_age) if rule.patch_age is not None else None,
        "country": In(*rule.countries) if rule.countries else None,
        "hour": And(GreaterOrEqual(rule.hours[0]), Less(rule.hours[1])) if rule.hours else None,
        "trust": GreaterOrEqual(rule.trust) if rule.trust is not None else None,
    }
    resource = {"sensitivity": LessOrEqual(rule.sensitivity)} if rule.sensitivity else {}
    return vakt.Policy(
        rule.id,
        subjects=[{name: each for name, each in subject.items() if each} or Any()],
        actions=[In(*rule.actions)],
        resources=[resource or Any()],
        context={name: each for name, each in context.items() if each},
        effect=vakt.ALLOW_ACCESS if rule.permits else vakt.DENY_ACCESS,
    )


CASBIN_MODEL = """
[request_definition]
r = sub, obj, act, ctx
[policy_definition]
p = rule, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act in p.act and eval(p.rule)
"""


class _Bag:
    """What pycasbin's matcher reads with a dot."""

    def __init__(self, values: dict[str, object]) -> None:
        self.__dict__.update(values)


def pycasbin(load: Work) -> Decider:
    """Use pycasbin's attribute rules."""
    logging.disable(logging.CRITICAL)
    model = casbin.Model()
    model.load_model_from_text(CASBIN_MODEL)
    enforcer = casbin.Enforcer(model)
    for rule in load.rules:
        effect = "allow" if rule.permits else "deny"
        enforcer.add_policy(_casbin(rule), " ".join(rule.actions), effect)
    users = {name: _Bag(values) for name, values in load.users.items()}
    resources = {name: _Bag(values) for name, values in load.resources.items()}
    asked = [(users[u], resources[r], action, _Bag(c)) for u, action, r, c in load.requests]
    return lambda n: bool(enforcer.enforce(*asked[n]))


def _casbin(rule: Rule) -> str:
    asks = [
        f"r.sub.role in {rule.roles!r}" if rule.roles else "",
        f"r.sub.dept == {rule.department!r}" if rule.department else "",
        "r.sub.dept == r.obj.dept" if rule.same_department else "",
        f"r.sub.clearance >= {rule.clearance}" if rule.clearance is not None else "",
        f"r.obj.sensitivity <= {rule.sensitivity}" if rule.sensitivity is not None else "",
        "r.ctx.compliant" if rule.compliant else "",
        f"r.ctx.patch_age <= {rule.patch_age}" if rule.patch_age is not None else "",
        f"r.ctx.country in {rule.countries!r}" if rule.countries else "",
        f"r.ctx.hour >= {rule.hours[0]} and r.ctx.hour < {rule.hours[1]}" if rule.hours else "",
        f"r.ctx.trust >= {rule.trust}" if rule.trust is not None else "",
    ]
    return " and ".join(filter(None, asks))


PEERS: dict[str, tuple[Callable[[Work], Decider], int]] = {
    "cedarpy (handles)": (cedarpy_handles, 1000),
    "regorus (JSON input)": (regorus_json, 1000),
    "vakt": (vakt_guard, 1000),
    "pycasbin": (pycasbin, 100),
}
"How to make each, and how many requests of a round it is asked."
