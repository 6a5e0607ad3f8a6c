"""Event in, exactly these changes out: one case per rule of the content, nobody else touched."""

import pytest

from panshi.node.zero_trust.signal_actions import signal_actions
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.nouns import Session
from panshi.protection.zero_trust.signals import events, subjects
from panshi.protection.zero_trust.signals.actions import (
    About,
    AnswerVerification,
    ChangeAttributes,
    EndSessions,
    MoveIdentifier,
    NoteSession,
    SendSignal,
    SetAccount,
    SetAssurance,
    SetFeedStatus,
    SetParticipation,
    Told,
    plan,
)
from panshi.protection.zero_trust.signals.events import EventType
from panshi.protection.zero_trust.signals.matching import Names, Naming, touched, who

ISSUER = "https://idp.bank.example"


def session(id_, user, device=None, credential=None, methods=("hwk",), **attributes):
    return Session(
        id=id_,
        user=Uid("User", user),
        device=device,
        credential=credential,
        assurance=3,
        authenticators=methods,
        established_at=0.0,
        expires_at=1e9,
        attributes=attributes,
    )


LIVE = (
    session("s-amy-1", "amy", "nb-1", "cert-77", jti="token-1", ext_id="ext-1"),
    session("s-amy-2", "amy", "nb-2", None, ("pwd", "otp"), assertion_id="_a1"),
    session("s-bob", "bob", "nb-3", "cert-88"),
    session("s-cho", "cho", "nb-1", None, ("pwd",)),
)
NAMES = Names(
    users={
        "amy": frozenset({"amy"}),
        "amy@bank.example": frozenset({"amy"}),
        "+886912345678": frozenset({"amy"}),
        "bob": frozenset({"bob"}),
        "cho": frozenset({"cho"}),
    },
    devices={"nb-1": frozenset({"nb-1"}), "nb-2": frozenset({"nb-2"})},
    groups={"tellers": frozenset({"amy", "cho"})},
)
NAMING = Naming(issuers=frozenset({ISSUER}), domains=frozenset({"bank.example"}), tenant="t-1")
AMY = subjects.simple("email", "amy@bank.example")
SUB_AMY = subjects.simple("iss_sub", ISSUER, "amy")
DEVICE = subjects.simple("opaque", "nb-1")


def changes(type_, payload=None, subject=AMY, live=LIVE):
    """Do as the decision point does, without it."""
    actions = signal_actions()
    event = events.read(EventType(type_), payload or {})
    rule = actions.rule(event)
    found = who(subject, rule.about, NAMING, NAMES, live)
    told = Told(event=event, subject=subject, who=found, sessions=touched(found, live))
    return plan(told, rule, actions)


def ended(*sessions, event):
    return (EndSessions(sessions=sessions, event=EventType(event)),)


def signal(about, ids, kind, grade, value):
    return SendSignal(about=About(about), ids=ids, kind=kind, grade=grade, value=value)


def risk(principal, level, previous=None):
    found = {"principal": principal, "current_level": level}
    return found | ({"previous_level": previous} if previous else {})


R, C = "caep/session-revoked", "caep/credential-change"
DISABLED = (SetAccount(users=("amy",), enabled=False),)
AMYS = ("s-amy-1", "s-amy-2")


CASES = {
    "session-revoked, user": (R, {}, AMY, ended(*AMYS, event=R)),
    "session-revoked, one session": (
        R, {}, subjects.simple("opaque", "s-bob"), ended("s-bob", event=R),
    ),
    "session-revoked, its outer id": (
        R, {}, subjects.simple("opaque", "ext-1"), ended("s-amy-1", event=R),
    ),
    "session-revoked, device": (R, {}, DEVICE, ended("s-amy-1", "s-cho", event=R)),
    "session-revoked, user and device": (
        R, {}, subjects.of_members(user=AMY, device=DEVICE), ended("s-amy-1", event=R),
    ),
    "session-revoked, group": (
        R, {}, subjects.of_members(group=subjects.simple("opaque", "tellers")),
        ended("s-amy-1", "s-amy-2", "s-cho", event=R),
    ),
    "session-revoked, user unknown": (R, {}, subjects.simple("email", "eve@bank.example"), ()),
    "session-revoked, user known and device not": (
        R, {}, subjects.of_members(user=AMY, device=subjects.simple("opaque", "nb-9")), (),
    ),
    "session-revoked, our tenant": (
        R, {}, subjects.of_members(user=AMY, tenant=subjects.simple("opaque", "t-1")),
        ended(*AMYS, event=R),
    ),
    "session-revoked, another tenant": (
        R, {}, subjects.of_members(user=AMY, tenant=subjects.simple("opaque", "t-2")), (),
    ),
    "session-revoked, another issuer's amy": (
        R, {}, subjects.simple("iss_sub", "https://other.example", "amy"), (),
    ),
    "token-claims-change, one token": (
        "caep/token-claims-change", {"claims": {"role": "ro-admin", "secret": "x", "groups": []}},
        subjects.simple("jwt_id", ISSUER, "token-1"),
        (ChangeAttributes(sessions=("s-amy-1",), attributes={"role": "ro-admin"}),),
    ),
    "token-claims-change, assertion": (
        "caep/token-claims-change", {"claims": {"trusted_network": False}},
        subjects.simple("saml_assertion_id", ISSUER, "_a1"),
        (ChangeAttributes(sessions=("s-amy-2",), attributes={"trusted_network": False}),),
    ),
    "token-claims-change, nothing listed": (
        "caep/token-claims-change", {"claims": {"email": "x"}}, AMY, (),
    ),
    "credential-change, revoked": (
        C, {"credential_type": "fido2-roaming", "change_type": "revoke"}, SUB_AMY,
        (signal("credential", ("cert-77",), "credential.change", "revoked", C),
         *ended("s-amy-1", event=C)),
    ),
    "credential-change, deleted password": (
        C, {"credential_type": "password", "change_type": "delete"}, SUB_AMY,
        ended("s-amy-2", event=C),
    ),
    "credential-change, a type nobody can tell": (
        C, {"credential_type": "verifiable-credential", "change_type": "revoke"}, SUB_AMY,
        (signal("credential", ("cert-77",), "credential.change", "revoked", C),
         *ended(*AMYS, event=C)),
    ),
    "credential-change, another certificate": (
        C, {"credential_type": "x509", "change_type": "revoke", "x509_serial": "99"}, SUB_AMY, (),
    ),
    "credential-change, this certificate": (
        C, {"credential_type": "x509", "change_type": "revoke", "x509_serial": "77"}, SUB_AMY,
        (signal("credential", ("cert-77",), "credential.change", "revoked", C),
         *ended("s-amy-1", event=C)),
    ),
    "credential-change, created": (
        C, {"credential_type": "fido2-platform", "change_type": "create",
            "reason_admin": {"en": "self-enrolment"}}, SUB_AMY,
        (signal("credential", ("cert-77",), "credential.change", "changed", "self-enrolment"),),
    ),
    "assurance-level-change, NIST": (
        "caep/assurance-level-change",
        {"namespace": "NIST-AAL", "current_level": "nist-aal1", "change_direction": "decrease"},
        AMY, (SetAssurance(sessions=AMYS, level=2),),
    ),
    "assurance-level-change, ISO": (
        "caep/assurance-level-change", {"namespace": "ISO-IEC-29115", "current_level": "4"},
        subjects.simple("opaque", "s-bob"), (SetAssurance(sessions=("s-bob",), level=4),),
    ),
    "assurance-level-change, unknown level": (
        "caep/assurance-level-change", {"namespace": "Retinal Scan", "current_level": "hi-res"},
        AMY, (SetAssurance(sessions=AMYS, level=1),),
    ),
    "assurance-level-change, unknown level that rose": (
        "caep/assurance-level-change",
        {"namespace": "x", "current_level": "y", "change_direction": "increase"}, AMY, (),
    ),
    "device-compliance-change, lost": (
        "caep/device-compliance-change",
        {"previous_status": "compliant", "current_status": "not-compliant"}, DEVICE,
        (signal("device", ("nb-1",), "device.compliance", "not_compliant",
                "caep/device-compliance-change"),),
    ),
    "device-compliance-change, regained": (
        "caep/device-compliance-change",
        {"previous_status": "not-compliant", "current_status": "compliant"},
        subjects.of_members(device=DEVICE),
        (signal("device", ("nb-1",), "device.compliance", "compliant",
                "caep/device-compliance-change"),),
    ),
    "session-established": (
        "caep/session-established", {"amr": ["otp"], "acr": "AAL2", "ext_id": "e"}, AMY,
        (NoteSession(users=("amy",), established=True, methods=("otp",), external="e"),),
    ),
    "session-presented": (
        "caep/session-presented", {"ext_id": "12345"}, AMY,
        (NoteSession(users=("amy",), established=False, external="12345"),),
    ),
    **{
        f"risk-level-change, {principal} {level}": (
            "caep/risk-level-change", risk(principal, level), subject,
            (signal(principal.lower(), ids, f"risk.{principal.lower()}", level.lower(),
                    "caep/risk-level-change"),),
        )
        for principal, subject, ids in (
            ("USER", AMY, ("amy",)),
            ("DEVICE", DEVICE, ("nb-1",)),
            ("SESSION", subjects.simple("opaque", "s-bob"), ("s-bob",)),
        )
        for level in ("LOW", "MEDIUM", "HIGH")
    },
    "risk-level-change, tenant": ("caep/risk-level-change", risk("TENANT", "HIGH"), AMY, ()),
    "account-credential-change-required": (
        "risc/account-credential-change-required", {}, AMY,
        (signal("user", ("amy",), "account", "recovering",
                "risc/account-credential-change-required"),),
    ),
    "account-purged": (
        "risc/account-purged", {}, AMY,
        (*DISABLED, signal("user", ("amy",), "account", "disabled", "risc/account-purged"),
         *ended(*AMYS, event="risc/account-purged")),
    ),
    "account-disabled": (
        "risc/account-disabled", {}, SUB_AMY,
        (*DISABLED, signal("user", ("amy",), "account", "disabled", "risc/account-disabled"),
         *ended(*AMYS, event="risc/account-disabled")),
    ),
    "account-disabled, hijacked": (
        "risc/account-disabled", {"reason": "hijacking"}, SUB_AMY,
        (*DISABLED, signal("user", ("amy",), "account", "compromised", "hijacking"),
         EndSessions(sessions=AMYS, event=EventType.ACCOUNT_DISABLED, reason="hijacking")),
    ),
    "account-enabled": (
        "risc/account-enabled", {}, AMY,
        (SetAccount(users=("amy",), enabled=True),
         signal("user", ("amy",), "account", "enabled", "risc/account-enabled")),
    ),
    "identifier-changed": (
        "risc/identifier-changed", {"new-value": "amy.wu@bank.example"}, AMY,
        (MoveIdentifier(old="amy@bank.example", new="amy.wu@bank.example", user="amy"),),
    ),
    "identifier-changed, not said to what": ("risc/identifier-changed", {}, AMY, ()),
    "identifier-recycled": (
        "risc/identifier-recycled", {}, subjects.simple("phone_number", "+886912345678"),
        (*ended(*AMYS, event="risc/identifier-recycled"),
         MoveIdentifier(old="+886912345678", new="", user="amy")),
    ),
    "credential-compromise": (
        "risc/credential-compromise", {"credential_type": "password"}, AMY,
        (signal("user", ("amy",), "account", "recovering", "risc/credential-compromise"),
         *ended("s-amy-2", event="risc/credential-compromise")),
    ),
    **{
        f"{name}": (
            f"risc/{name}", {}, AMY, (SetParticipation(users=("amy",), state=state),),
        )
        for name, state in (
            ("opt-in", "opt-in"),
            ("opt-out-initiated", "opt-out-initiated"),
            ("opt-out-cancelled", "opt-in"),
            ("opt-out-effective", "opt-out"),
        )
    },
    **{
        name: (
            f"risc/{name}", {}, AMY,
            (signal("user", ("amy",), "account", "recovering", f"risc/{name}"),),
        )
        for name in ("recovery-activated", "recovery-information-changed")
    },
    "sessions-revoked": (
        "risc/sessions-revoked", {}, AMY, ended(*AMYS, event="risc/sessions-revoked"),
    ),
    "verification": (
        "ssf/verification", {"state": "x"}, subjects.simple("opaque", "stream-1"),
        (AnswerVerification(stream_id="stream-1", state="x"),),
    ),
    "stream-updated": (
        "ssf/stream-updated", {"status": "paused", "reason": "upkeep"},
        subjects.simple("opaque", "stream-1"),
        (SetFeedStatus(stream_id="stream-1", status="paused", reason="upkeep"),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_event_brings_about_exactly_this(case):
    type_, payload, subject, expected = CASES[case]
    assert changes(type_, payload, subject) == expected


def test_every_event_has_a_case():
    assert {type_ for type_, *_ in CASES.values()} == {each.value for each in EventType}


def test_every_rule_has_a_case():
    actions = signal_actions()
    used = {
        actions.rules.index(actions.rule(events.read(EventType(type_), payload)))
        for type_, payload, *_ in CASES.values()
    }
    assert used == set(range(len(actions.rules)))


@pytest.mark.parametrize("type_", sorted(EventType))
def test_an_event_about_nobody_here_touches_nobody(type_):
    required = events.DEFINITIONS.get(EventType(type_), events.Claims()).required
    payload = {name: min(values) if values else "x" for name, values in required.items()}
    if type_ == EventType.TOKEN_CLAIMS_CHANGE:
        payload["claims"] = {"role": "x"}
    stranger = subjects.simple("email", "eve@elsewhere.example")
    touching = (EndSessions, SendSignal, ChangeAttributes, SetAssurance, SetAccount)
    assert not [each for each in changes(type_, payload, stranger) if isinstance(each, touching)]


def test_a_name_that_moved_means_its_person_and_the_old_one_nobody():
    moved = {"amy@bank.example": "", "amy.wu@bank.example": "amy"}
    names = Names(users=NAMES.users, moved=moved)
    order = signal_actions().rule(events.read(EventType.SESSIONS_REVOKED, {})).about
    new = who(subjects.simple("email", "amy.wu@bank.example"), order, NAMING, names, LIVE)
    assert new.users == {"amy"}
    old = who(AMY, order, NAMING, names, LIVE)
    assert old.nobody
