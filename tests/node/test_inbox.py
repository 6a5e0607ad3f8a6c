"""What awaits whom, derived from the log; a thing has the same key as long as it is the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.bodies.vault import (
    DRILL,
    SHARES,
    SNAPSHOT,
    SharesInForce,
    SnapshotSealed,
    VaultDrill,
)
from panshi.model.observation import Observation
from panshi.model.supply_chain.vex import VexStatus
from panshi.node.comments import comment
from panshi.node.falling import fallen
from panshi.node.home import Home
from panshi.node.inbox import CALLS, Call, inbox
from panshi.node.node import Node
from panshi.node.ownership import assign
from panshi.node.records import institution_of
from panshi.node.resilience.impact import ImpactDesk
from panshi.node.supply_chain.vex_desk import Proposed, VexDesk
from panshi.protection.access.roles import Role
from tests.simulators import two_site_bank
from tests.simulators.vaulted import drill_plan
from tests.web.small_bank import ACCOUNTS, BANK, estate

BEGAN = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
CONTROL = "zt36/1-1"


def look(account, factors, when):
    return Observation(
        kind="account.authenticators/1",
        subject=account,
        observed_at=when,
        collector="directory export",
        body=AccountAuthenticators(enabled=True, factors=factors, source="ad"),
    )


class Clock:
    """A clock tests set."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def bank(tmp_path):
    """Every account had two factors in early September; on the 20th half lost one."""
    clock = Clock(BEGAN)
    with Node.open(Home(path=tmp_path), clock=clock) as node:
        node.commit_estate(estate(BEGAN), by="tests")
        node.log.append([look(each, 2, BEGAN) for each in ACCOUNTS], BEGAN)
        fell = BEGAN + timedelta(days=19)
        node.log.append([look(each, 1, fell) for each in ACCOUNTS[:6]], fell)
        clock.now = fell + timedelta(days=3)
        node.set_clock = clock
        yield node


def calls(items):
    return {each.call for each in items}


def test_a_control_that_fell_is_told_with_the_last_sunday_it_was_met(bank):
    found = {each.control: each for each in fallen(bank, BANK)}
    # 2026-09-20 is a Sunday on whose evening it had fallen; a week before it was met
    assert str(found[CONTROL].last_met) == "2026-09-13"


def test_it_reaches_its_owner_and_not_others(bank):
    assign(bank, [(CONTROL, "ana")], actor="ciso", estate_id=BANK)
    mine = inbox(bank, "ana", (Role.CONTROL_OWNER,), BANK)
    assert any(each.about == f"control/{CONTROL}" for each in mine)
    assert not inbox(bank, "ben", (Role.CONTROL_OWNER,), BANK)


def test_what_nobody_owns_reaches_the_ciso_until_somebody_does(bank):
    assert f"control/{CONTROL}" in {
        each.about for each in inbox(bank, "cho", (Role.CISO,), BANK) if each.call is Call.RESTORE
    }
    assign(bank, [(CONTROL, "ana")], actor="cho", estate_id=BANK)
    assert f"control/{CONTROL}" not in {
        each.about for each in inbox(bank, "cho", (Role.CISO,), BANK)
    }


def test_the_key_stays_the_same_from_day_to_day(bank):
    before = {each.key for each in inbox(bank, "cho", (Role.CISO,), BANK)}
    bank.set_clock.now += timedelta(days=2)
    after = {each.key for each in inbox(bank, "cho", (Role.CISO,), BANK)}
    assert before & after == before


def test_it_is_gone_once_the_control_is_met_again(bank):
    now = bank.set_clock.now
    bank.log.append([look(each, 2, now) for each in ACCOUNTS], now)
    assert not any(each.control == CONTROL for each in fallen(bank, BANK))


def test_a_mention_reaches_who_is_named_if_the_account_exists(bank):
    comment(
        bank,
        f"control/{CONTROL}",
        "請 @ana 看一下，也請 @nobody。",
        actor="ben",
        exists={"ana", "ben"}.__contains__,
    )
    mine = inbox(bank, "ana", (Role.ANALYST,), BANK)
    assert [each.about for each in mine if each.call is Call.ANSWER] == [f"control/{CONTROL}"]
    assert Call.ANSWER not in calls(inbox(bank, "nobody", (Role.ANALYST,), BANK))
    assert Call.ANSWER not in calls(inbox(bank, "ben", (Role.ANALYST,), BANK))


def test_who_may_not_read_comments_is_not_told_of_them(bank):
    comment(bank, f"control/{CONTROL}", "@sup", actor="ben", exists=lambda _name: True)
    assert Call.ANSWER not in calls(inbox(bank, "sup", (Role.SUPERVISOR,), BANK))


def test_a_silent_source_reaches_those_who_run_observers(bank):
    bank.set_clock.now = BEGAN + timedelta(days=400)
    assert Call.OBSERVE in calls(inbox(bank, "dan", (Role.ANALYST,), BANK))
    assert Call.OBSERVE not in calls(inbox(bank, "eve", (Role.BOARD_READER,), BANK))


def test_every_call_has_its_word_in_both_languages():
    assert set(CALLS) == set(Call)


def keys(node, person, role, kind):
    mine = inbox(node, person, (role,), None)
    return {each.key: each for each in mine if each.key.startswith(f"{kind}:")}


def statement(node, days):
    return VexDesk(node, actor="ana", estate_id=BANK).propose(
        Proposed(
            vulnerability="CVE-2024-34069",
            purl="pkg:pypi/werkzeug@2.2.2",
            status=VexStatus.NOT_AFFECTED,
            justification="vulnerable_code_not_in_execute_path",
            impact="the debugger is not installed",
            expires=(node.clock() + timedelta(days=days)).date(),
        )
    )


def test_a_decision_on_exploitability_reaches_who_may_approve_it_and_is_not_its_author(bank):
    number = statement(bank, 90)
    waiting = keys(bank, "ben", Role.APPROVER, "decide")[f"decide:{number}"]
    # What is vulnerable here is told in the console only
    assert "CVE-2024-34069" in waiting.title_en
    assert waiting.confined
    assert not keys(bank, "ana", Role.APPROVER, "decide")
    assert not keys(bank, "ben", Role.ANALYST, "decide")
    # Once approved it awaits nobody's decision
    VexDesk(bank, actor="ben", estate_id=BANK).approve(number)
    assert not keys(bank, "cho", Role.APPROVER, "decide")


def test_a_decision_whose_ground_is_gone_is_to_be_examined_again(bank):
    # Given a decision in force that covers no finding
    number = statement(bank, 90)
    VexDesk(bank, actor="ben", estate_id=BANK).approve(number)
    found = keys(bank, "dan", Role.ANALYST, "again")
    (one,) = found.values()
    assert one.key.startswith(f"again:{number}:covers_nothing:")
    assert (one.about, one.confined) == (f"vex/{number}", True)
    # and it is as old on the next day as it was
    bank.set_clock.now += timedelta(days=1)
    (same,) = keys(bank, "dan", Role.ANALYST, "again").values()
    assert (same.key, same.since) == (one.key, one.since)
    assert not keys(bank, "eve", Role.BOARD_READER, "again")
    # When its last month begins Then that is another thing, with its day
    bank.set_clock.now += timedelta(days=60)
    (later,) = keys(bank, "dan", Role.ANALYST, "again").values()
    assert later.key.startswith(f"again:{number}:covers_nothing+ends_soon:")
    assert later.due is not None
    # When it is withdrawn Then nothing is left to examine
    VexDesk(bank, actor="ana", estate_id=BANK).withdraw(number, why="patched")
    assert not keys(bank, "dan", Role.ANALYST, "again")


def test_an_impact_analysis_reaches_a_second_person(tmp_path):
    with Node.open(Home(path=tmp_path), clock=Clock(two_site_bank.NOW)) as node:
        node.commit_estate(two_site_bank.estate(two_site_bank.NOW), by="tests")
        ImpactDesk(node, actor="lin", estate_id=two_site_bank.BANK).propose(two_site_bank.entry())
        (one,) = keys(node, "wang", Role.CISO, "impact").values()
        assert one.about == f"impact/{two_site_bank.PAY}"
        assert not keys(node, "lin", Role.CISO, "impact")
        assert not keys(node, "wang", Role.ANALYST, "impact")
        desk = ImpactDesk(node, actor="wang", estate_id=two_site_bank.BANK)
        desk.decide(two_site_bank.PAY, ImpactRuling.APPROVE)
        assert not keys(node, "chen", Role.CISO, "impact")


def of_vault(node, kind, body, facet):
    made = Observation(
        kind=kind,
        subject=institution_of(node.estate(BANK)),
        facet=facet,
        observed_at=node.clock(),
        collector="tests",
        body=body,
    )
    node.log.append((made,), node.clock())


def snapshot(node, name, *, quarantined):
    body = SnapshotSealed(
        vault="core",
        source="ledger",
        snapshot=name,
        method="files",
        marked_at=node.clock(),
        position="1",
        mark_sha256="0" * 64,
        quarantined=quarantined,
    )
    of_vault(node, SNAPSHOT, body, name)


def drilled(node, *, passed):
    body = VaultDrill(
        plan="ledger",
        passed=passed,
        vault="core",
        source="ledger",
        snapshot="s1",
        position="1",
        asked_at=node.clock(),
        lost_at=node.clock(),
        rto_seconds=60,
        rpo_seconds=60,
        rto_target_seconds=600,
        rpo_target_seconds=600,
    )
    of_vault(node, DRILL, body, f"core:ledger:{node.clock().isoformat()}")


def test_what_the_vault_waits_for_reaches_those_who_run_it(bank):
    # Given a source that was never restored, its newest snapshot held back
    snapshot(bank, "s1", quarantined=True)
    assert set(keys(bank, "dan", Role.ANALYST, "held")) == {"held:core:ledger:s1"}
    assert not keys(bank, "dan", Role.ANALYST, "drill")
    assert not keys(bank, "eve", Role.BOARD_READER, "held")
    # When a good one follows and nothing is restored for two weeks
    begun = bank.clock().date()
    bank.set_clock.now += timedelta(days=15)
    snapshot(bank, "s2", quarantined=False)
    # Then a first drill is called for, and waits since the first snapshot
    (first,) = keys(bank, "dan", Role.ANALYST, "drill").values()
    assert (first.key, first.since) == ("drill:core:ledger:never", begun)
    # When that drill fails
    drilled(bank, passed=False)
    # Then the failure is what awaits them, and no longer the first drill
    assert not keys(bank, "dan", Role.ANALYST, "held")
    assert not keys(bank, "dan", Role.ANALYST, "drill")
    (failed,) = keys(bank, "dan", Role.ANALYST, "failed").values()
    assert (failed.about, failed.confined) == ("vault/ledger", False)
    # When it passes Then nothing awaits, until a quarter is over
    bank.set_clock.now += timedelta(days=1)
    drilled(bank, passed=True)
    assert not keys(bank, "dan", Role.ANALYST, "failed")
    bank.set_clock.now += timedelta(days=93)
    assert len(keys(bank, "dan", Role.ANALYST, "drill")) == 1


def test_a_drill_that_waits_for_officers_reaches_those_who_run_the_vault(bank):
    # Given a plan that runs when asked and one that is due, and no key kept for drills
    assert not keys(bank, "dan", Role.ANALYST, "plan")
    drill_plan(bank.home.path, "asked", source="ledger")
    drill_plan(bank.home.path, "ledger", source="ledger", every_days=30)
    (one,) = keys(bank, "dan", Role.ANALYST, "plan").values()
    assert (one.key, one.about, one.due) == ("plan:ledger:never", "vault/ledger", None)
    assert not keys(bank, "eve", Role.BOARD_READER, "plan")
    # When it was run it waits for nobody, until it is due again
    drilled(bank, passed=True)
    assert not keys(bank, "dan", Role.ANALYST, "plan")
    ran = bank.clock()
    bank.set_clock.now += timedelta(days=31)
    (again,) = keys(bank, "dan", Role.ANALYST, "plan").values()
    assert again.key == f"plan:ledger:{ran.isoformat()}"
    assert again.due == again.since == (ran + timedelta(days=30)).date()
    # When a key is kept for drills it runs by itself
    setup = bank.home.path / "vault-sources.toml"
    setup.write_text('drill_key = "drill.key"\n')
    setup.chmod(0o600)
    assert not keys(bank, "dan", Role.ANALYST, "plan")


def test_a_plan_that_cannot_be_read_keeps_the_rest_of_the_inbox(bank):
    drill_plan(bank.home.path, "ledger", source="ledger", every_days=30)
    (bank.home.path / "drills" / "broken.json").write_text("{")
    mine = inbox(bank, "cho", (Role.CISO,), BANK)
    assert Call.RESTORE in calls(mine)
    assert not [each for each in mine if each.key.startswith("plan:")]


def test_shares_nobody_confirmed_reach_those_who_run_the_vault(bank):
    # Given shares that were changed, and not used yet
    changed = SharesInForce(vault="core", epoch=2, rotated_at=bank.clock(), opening=2)
    of_vault(bank, SHARES, changed, "0f0f")
    (one,) = keys(bank, "dan", Role.ANALYST, "shares").values()
    assert (one.key, one.about) == ("shares:core:2", "vault/core")
    assert not keys(bank, "eve", Role.BOARD_READER, "shares")
    # When they are confirmed Then nothing awaits
    bank.set_clock.now += timedelta(days=1)
    of_vault(bank, SHARES, replace(changed, opening=1), "0f0f")
    assert not keys(bank, "dan", Role.ANALYST, "shares")
