"""Sets to try things on: the one that ships, and small ones."""

from panshi.protection.cedar import Schema, compile_policies
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.ruling import enforced
from panshi.store import library

CEDAR = "zero_trust.cedar"


def texts():
    names = (CEDAR, "zero_trust.cedarschema", "zero_trust.tests.yaml")
    return tuple(library.policies(name)[1].decode() for name in names)


def shipped():
    cedar, schema, tests = texts()
    return PolicySet.of({CEDAR: cedar}, schema, tests)


def with_text(text, tests="", **more):
    return PolicySet.of({"a.cedar": text}, texts()[1], tests, **more)


def compiled(policies):
    text = "\n".join(enforced(policies).values())
    return compile_policies(text, source="a.cedar", schema=Schema.parse(policies.schema))


SIGNALS = "context.signals.missing.isEmpty()"


def policy(
    name, effect="permit", scope="principal, action, resource is System", when=SIGNALS, notes=""
):
    return (
        f'@id("{name}")\n@reason_zh("理由。")\n@reason_en("Reason.")\n{notes}'
        f"{effect} ({scope})\nwhen {{ {when} }};\n"
    )
