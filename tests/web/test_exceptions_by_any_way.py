"""No exception that breaks a rule counts, by whatever way its steps came in.

A machine takes steps through the service, the console, the API and the command line, puts forged
records into the log, moves the clock both ways, copies the home and brings old copies back,
breaks and mends what compensates, and shrinks the estate. After each step whatever counts is held
against rules written down here anew, over what the log holds, and the grade against what counts.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from panshi.errors import PanshiError
from panshi.governance.exceptions.basis import digest
from panshi.model.bodies.exceptions import (
    BASIS,
    CLOSURE,
    DECISION,
    REQUEST,
    REVIEW,
    ExceptionBasis,
    ExceptionClosure,
    ExceptionDecision,
    ExceptionRequest,
    ExceptionReview,
    Ruling,
)
from panshi.model.bodies.records import ExceptionGrant
from panshi.model.zone import day_of
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.exceptions import register
from panshi.node.home import Home
from tests.simulators.guarded_bank import (
    BANK,
    BROKEN,
    CHAIR,
    CISO,
    COMMITTEE,
    FAILING,
    HOSTS,
    OWNER,
    REVIEWER,
    SOUND,
    estate,
    found_bank,
    incident,
    looks,
    observed,
    open_bank,
)

TWIN = "ＬＩＮ. Yating"
"The CISO in other letters."
LOOKALIKE = "l\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}n.yating"
PEOPLE = (OWNER, REVIEWER, CISO, COMMITTEE, CHAIR, TWIN, LOOKALIKE)
OFFICES = {CISO: "ciso", COMMITTEE: "risk_committee", CHAIR: "board_chair"}
SCOPES = ((), FAILING[:1], FAILING[:2], FAILING[:4], FAILING, HOSTS[10:12])
COMPENSATING = ((), (BROKEN,), ("zt36/1-1",), (SOUND, "zt36/5-4"))

people = st.sampled_from(PEOPLE)
compensations = st.sampled_from([*[(SOUND,)] * 6, *COMPENSATING])
lengths = st.sampled_from([1, 30, 60, 60, 90, 120, 300, 365, 500])
"Mostly what could count, so that each rule is the one that is left to break."
scopes = st.sampled_from(SCOPES)
approving = st.lists(st.sampled_from([*OFFICES, CISO, OWNER, TWIN]), min_size=1, max_size=4)
ways = st.sampled_from([*["service"] * 4, *["console"] * 3, *["api"] * 3, "command line"])
"The command line opens the home anew each time, which takes longest."


class AnyWay(RuleBasedStateMachine):
    """A bank, people who try things, and a clock that cannot be trusted."""

    sign_in = None
    "Gives the client of a person; set by the test."

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="panshi-any-way-"))
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.copies = []
        self.node = None

    @initialize()
    def begin(self):
        self.open()
        found_bank(self.node)

    def teardown(self):
        if self.node is not None:
            self.node.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- the node ------------------------------------------------------------------------------

    @property
    def home(self):
        return Home(path=self.folder / "home")

    def open(self):
        from panshi.web import nodes

        if self.node is not None:
            self.node.close()
        self.node = open_bank(self.home, lambda: self.now)
        nodes.hand_in(self.node)

    @rule(days=st.sampled_from([-400, -61, -10, 1, 10, 31, 61, 120]))
    def the_clock_goes(self, days):
        self.now += timedelta(days=days)

    @rule(what=st.sampled_from(["start again", "copy", "bring back"]), data=st.data())
    def the_house_is_kept(self, what, data):
        if what == "copy" and len(self.copies) < 3:
            place = self.folder / f"copy-{len(self.copies)}"
            shutil.copytree(self.home.path, place)
            self.copies.append(place)
        if what == "bring back" and self.copies:
            place = data.draw(st.sampled_from(self.copies))
            self.node.close()
            self.node = None
            shutil.rmtree(self.home.path)
            shutil.copytree(place, self.home.path)
        self.open()

    # -- evidence ------------------------------------------------------------------------------

    @rule(
        what=st.sampled_from(["breaks", "mended", "looked at", "40 hosts", "12 hosts", "6 hosts"])
    )
    def the_bank_changes(self, what):
        self.now += timedelta(minutes=1)
        match what.split():
            case ["breaks"] | ["mended"]:
                self.node.log.append([incident(self.now, over=what == "mended")], self.now)
            case ["looked", "at"]:
                self.node.log.append(looks(self.now), self.now)
            case [left, "hosts"]:
                changed = estate(self.now, HOSTS[: int(left)])
                self.attempt(lambda: self.node.commit_estate(changed, by="tests"))

    @rule()
    def all_is_put_right(self):
        self.the_bank_changes("mended")
        self.the_bank_changes("looked at")
        self.the_bank_changes("40 hosts")

    # -- steps, by every way there is ------------------------------------------------------------

    @rule(
        way=ways,
        who=people,
        scope=scopes,
        compensating=compensations,
        begins=st.sampled_from([-30, 0, 0, 0, 10, 60, 100]),
        lasts=lengths,
        renews=st.booleans(),
    )
    def ask(self, way, who, scope, compensating, begins, lasts, renews):
        numbers = self.numbers()
        day = day_of(self.now) + timedelta(days=begins)
        asked = Asked(
            control=BROKEN,
            scope=tuple(scope),
            reason="old switches",
            residual_risk="lateral movement",
            compensating=compensating,
            effective=day,
            expires=day + timedelta(days=lasts),
            renews=numbers[0] if renews and numbers else "",
        )
        self.attempt(lambda: self.request_by(way, who, asked))

    def push(self, who, scope, lasts, approvers, way):
        """Ask as one should, and let several people review and approve it, the requester too."""
        self.now += timedelta(minutes=1)
        day = day_of(max(self.now, self.node.log.learned_until()))
        asked = Asked(
            control=BROKEN,
            scope=tuple(scope),
            reason="old switches",
            residual_risk="lateral movement",
            compensating=(SOUND,),
            effective=day,
            expires=day + timedelta(days=lasts),
        )
        before = set(self.numbers())
        self.attempt(lambda: self.request_by("service", who, asked))
        for number in set(self.numbers()) - before:
            for each in (REVIEWER, OWNER):
                self.attempt(partial(self.step_by, "service", each, number, "review"))
            for each in approvers:
                self.attempt(partial(self.step_by, way, each, number, "approve"))

    @rule(who=people, scope=scopes, lasts=lengths, approvers=approving, way=ways)
    def somebody_pushes(self, who, scope, lasts, approvers, way):
        self.push(who, scope, lasts, approvers, way)

    @rule(
        who=st.sampled_from([OWNER, OWNER, OWNER, CISO, TWIN]),
        scope=st.sampled_from([FAILING[:4], FAILING[:4], FAILING[:1], FAILING]),
    )
    def somebody_pushes_something_small(self, who, scope):
        self.push(who, scope, 60, (CISO,), "service")

    @precondition(lambda self: self.numbers())
    @rule(
        data=st.data(), way=ways, who=people, step=st.sampled_from(["review", "approve", "close"])
    )
    def somebody_takes_a_step(self, data, way, who, step):
        number = data.draw(st.sampled_from(self.numbers()))
        self.attempt(lambda: self.step_by(way, who, number, step))

    # -- what nobody should be able to put in ----------------------------------------------------

    @rule(who=people, approver=people, scope=scopes, lasts=lengths)
    def an_approval_of_an_earlier_version_comes_in(self, who, approver, scope, lasts):
        day = day_of(self.now)
        body = ExceptionGrant(
            framework=BROKEN.partition("/")[0],
            control=BROKEN.partition("/")[2],
            scope=tuple(scope),
            reason="r",
            residual_risk="low",
            requested_by=who,
            approved_by=approver,
            effective=day - timedelta(days=1),
            expires=day + timedelta(days=lasts),
            compensating=(SOUND,),
        )
        self.put("record.exception/1", body, facet=f"{BROKEN}#1")

    @rule(
        number=st.sampled_from(["EX-2026-001", "EX-2026-002", "EX-2027-001", "EX-forged"]),
        who=people,
        approvers=approving,
        scope=scopes,
        compensating=compensations,
        lasts=lengths,
        aside=st.sampled_from([0, 0, 0, -300, -2, 2, 40]),
    )
    def a_whole_life_is_forged(self, number, who, approvers, scope, compensating, lasts, aside):
        # Given records made by hand, perhaps dated apart, with a basis that says what suits
        day = day_of(self.now)
        at = self.now + timedelta(days=aside)
        body = ExceptionRequest(
            framework=BROKEN.partition("/")[0],
            control=BROKEN.partition("/")[2],
            scope=tuple(scope),
            reason="r",
            residual_risk="low",
            compensating=compensating,
            effective=day,
            expires=day + timedelta(days=lasts),
            requested_by=who,
        )
        asked = self.put(REQUEST, body, facet=number, at=at)
        self.put(REVIEW, ExceptionReview(reviewed_by=REVIEWER), facet=number, at=at)
        for approver in approvers:
            self.forge_approval(number, asked, compensating, approver, at)

    @precondition(lambda self: self.numbers())
    @rule(data=st.data(), approver=people, aside=st.sampled_from([-300, -2, 0, 0, 2]))
    def an_approval_is_forged(self, data, approver, aside):
        number = data.draw(st.sampled_from(self.numbers()))
        view = register(self.node).find(number)
        compensating = tuple(each.control for each in view.compensating)
        asked = next(
            (e.id for e in self.node.log.records(REQUEST) if e.observation.facet == number), ""
        )
        at = self.now + timedelta(days=aside)
        self.forge_approval(number, asked, compensating, approver, at)

    @precondition(lambda self: self.numbers())
    @rule(data=st.data())
    def a_step_is_sealed_twice(self, data):
        every = [
            each
            for kind in (REQUEST, REVIEW, DECISION, CLOSURE)
            for each in self.node.log.records(kind)
        ]
        again = data.draw(st.sampled_from(every)).observation
        self.node.log.append([replace(again, collector="again", observed_at=self.now)], self.now)

    # -- what must hold --------------------------------------------------------------------------

    @invariant()
    def whatever_counts_keeps_every_rule(self):
        if self.node is None:
            return
        found = register(self.node)
        counting = [each for each in found.exceptions if each.counts]
        for each in counting:
            self.holds(each)
        verdict = self.node.verdict(BROKEN, BANK)
        if not counting:
            assert verdict.met == verdict.met_without_exceptions
            assert verdict.tally.excepted == 0
        live = {asset.id for asset in self.node.estate(BANK).assets}
        scopes_ = [set(each.scope) or set(HOSTS) for each in counting]
        forgiven = set(FAILING) & live & set().union(*scopes_) if scopes_ else set()
        assert verdict.tally.excepted <= len(forgiven)

    def holds(self, view):
        """Hold one that counts against the rules, by what the log says of it."""
        steps = [each for each in self.steps() if each.observation.facet == view.number]
        bodies = [each.observation.body for each in steps]
        told = (view.scope, view.requested_by, view.expires, view.reason)
        asked, begun = next(
            (body, each)
            for each, body in zip(steps, bodies, strict=True)
            if isinstance(body, ExceptionRequest)
            and (body.scope, body.requested_by, body.expires, body.reason) == told
        )
        approvers = {
            plain(each.decider): each.office
            for each in bodies
            if isinstance(each, ExceptionDecision) and each.ruling is Ruling.APPROVE
        }
        # approved by people who hold the offices, and who did not ask for it
        true = {who for who in OFFICES if approvers.get(plain(who)) == OFFICES[who]}
        assert plain(asked.requested_by) not in {plain(each.person) for each in view.approvals}
        assert {plain(each.person) for each in view.approvals} <= {plain(each) for each in true}
        # by all it takes for its size and length
        hosts = len([each for each in self.node.estate(BANK).assets if each.id in HOSTS])
        share = len(set(asked.scope) & set(HOSTS[:hosts])) / hosts if asked.scope else 1
        reached = max(each.received_at for each in self.steps() if each.position <= begun.position)
        days = (asked.expires - max(asked.effective, day_of(reached))).days
        wanted = {"ciso"}
        if share > 0.1 or days > 90 or len(asked.scope) > 25 or asked.renews:
            wanted |= {"risk_committee"}
        if share > 0.5 or days > 270:
            wanted = {"ciso", "board_chair"}
        # what stands beside it may have lifted it to the highest level, whose offices are enough
        held = {OFFICES[who] for who in true}
        assert wanted <= held or {"ciso", "board_chair"} <= held, (view.number, wanted, true)
        # leaning on what is met by evidence today
        assert asked.compensating
        for key in asked.compensating:
            assert self.node.verdict(key, BANK).met_without_exceptions, key
        # within its time, by the latest day anything was learned
        learned = self.node.log.learned_until()
        today = max(day_of(self.now), day_of(learned))
        assert asked.effective <= today < asked.expires
        assert (asked.expires - asked.effective).days <= 365
        # and not ended by anybody
        assert not any(isinstance(each, ExceptionClosure) for each in self.closures(view))

    def steps(self):
        """Give every step of every exception, in the order of the log."""
        kinds = (REQUEST, REVIEW, BASIS, DECISION, CLOSURE)
        found = (each for kind in kinds for each in self.node.log.records(kind))
        return sorted(found, key=lambda each: each.position)

    def closures(self, view):
        approved = max(
            each.position
            for each in self.node.log.records(DECISION)
            if each.id in {one.evidence_id for one in view.approvals}
        )
        return [
            each.observation.body
            for each in self.node.log.records(CLOSURE)
            if each.observation.facet == view.number and each.position > approved
        ]

    # -- the ways --------------------------------------------------------------------------------

    def numbers(self):
        if self.node is None:
            return []
        return sorted(
            each.number for each in register(self.node).exceptions if "#" not in each.number
        )

    def attempt(self, step):
        with suppress(PanshiError):
            step()

    def request_by(self, way, who, asked):
        match way:
            case "console":
                client = self.client(who)
                client.post(
                    f"/e/{BANK}/exceptions/request/",
                    {
                        "control": asked.control,
                        "scope": list(asked.scope),
                        "whole": "" if asked.scope else "1",
                        "reason": asked.reason,
                        "residual_risk": asked.residual_risk,
                        "compensating": list(asked.compensating),
                        "effective": asked.effective.isoformat(),
                        "expires": asked.expires.isoformat(),
                    },
                )
            case "api":
                from panshi.api.endpoints import exceptions as api

                given = api.RequestAsked(
                    control=asked.control,
                    scope=asked.scope,
                    reason=asked.reason,
                    residual_risk=asked.residual_risk,
                    compensating=asked.compensating,
                    effective=asked.effective,
                    expires=asked.expires,
                )
                self.api(api.request, who, given)
            case "command line":
                words = ["request", asked.control, "--reason", asked.reason]
                words += ["--residual-risk", asked.residual_risk]
                words += [w for each in asked.scope for w in ("--scope", each)]
                words += [] if asked.scope else ["--whole"]
                words += [w for each in asked.compensating for w in ("--compensating", each)]
                words += ["--effective", str(asked.effective), "--expires", str(asked.expires)]
                self.command(who, *words)
            case _:
                ExceptionDesk(self.node, actor=who).request(asked)

    def step_by(self, way, who, number, step):
        match way:
            case "console":
                place = {"approve": "decide"}.get(step, step)
                fields = {"why": "agreed", "ruling": "approve", "office": OFFICES.get(who, "ciso")}
                self.client(who).post(f"/e/{BANK}/exceptions/{number}/{place}/", fields)
            case "api":
                from panshi.api.endpoints import exceptions as api

                handler, given = {
                    "review": (api.review, api.ReviewAsked()),
                    "approve": (api.approve, api.DecisionAsked(why="agreed")),
                    "close": (api.close, api.ClosureAsked(why="done")),
                }[step]
                self.api(handler, who, given, number=number)
            case "command line":
                words = [step, number] + ([] if step == "review" else ["--why", "agreed"])
                self.command(who, *words)
            case _:
                desk = ExceptionDesk(self.node, actor=who)
                if step == "review":
                    desk.review(number)
                elif step == "approve":
                    desk.approve(number, why="agreed")
                else:
                    desk.close(number, why="done")

    def api(self, handler, who, given, **names):
        from panshi.api.exchange import Asked as ApiAsked

        handler(self.node, ApiAsked(names=names, actor=who, given=given))

    def command(self, who, *words):
        """Run the command line as the person; it opens the home anew, by the real clock."""
        from panshi.cli.main import main

        before = {name: os.environ.get(name) for name in ("LOGNAME", "PANSHI_HOME")}
        os.environ |= {"LOGNAME": who, "PANSHI_HOME": str(self.home.path)}
        try:
            main(["exception", *words, "--estate", BANK, "--json"])
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})

    def client(self, who):
        return type(self).sign_in(who)

    def put(self, kind, body, *, facet, at=None):
        """Put an observation into the log as an importer would that nothing stops."""
        made = observed(kind, body, at=at or self.now, facet=facet)
        return self.node.log.append([made], self.now).ids[0]

    def forge_approval(self, number, asked, compensating, approver, at):
        basis = ExceptionBasis(
            request=asked,
            control=BROKEN,
            status="met",
            met=True,
            met_without_exceptions=True,
            met_if_approved=True,
            stage=4,
            stage_without_exceptions=4,
            population=100_000,
            seen=1,
            passing=1,
            failing=1,
            unseen=0,
            failing_in_scope=1,
            failing_sha256="",
            scope_permille=1,
            compensating=compensating,
            compensating_met=compensating,
            level="ciso",
            estate=BANK,
            estate_version=1,
            log_size=1,
            log_root="",
        )
        self.put(BASIS, basis, facet=number, at=at)
        decision = ExceptionDecision(
            ruling=Ruling.APPROVE,
            decider=approver,
            office=OFFICES.get(approver, "ciso"),
            why="agreed",
            basis_sha256=digest(basis),
        )
        self.put(DECISION, decision, facet=number, at=at)


def plain(name):
    return "".join(filter(str.isalnum, normalize("NFKC", name).casefold()))


@pytest.fixture
def machine(someone, bank, capsys):
    """The machine, able to sign anybody in; afterwards the console shows the small bank again."""
    from panshi.web import nodes

    AnyWay.sign_in = staticmethod(cache(someone))
    yield AnyWay
    nodes.hand_in(bank)
    capsys.readouterr()


QUICK = settings(
    max_examples=5,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_nothing_that_breaks_a_rule_counts(machine):
    run_state_machine_as_test(machine, settings=QUICK)


@pytest.mark.slow
def test_nothing_that_breaks_a_rule_counts_however_long_one_tries(machine):
    deep = settings(QUICK, max_examples=25, stateful_step_count=60)
    run_state_machine_as_test(machine, settings=deep)


def test_the_machine_can_make_one_that_counts(machine):
    # Given the way it should go, so that the invariant above is not about nothing
    one = machine()
    one.begin()
    try:
        one.push(OWNER, FAILING[:4], 60, (), "service")
        number = one.numbers()[0]
        assert not register(one.node).find(number).counts
        one.step_by("console", CISO, number, "approve")
        # Then it counts, and keeps every rule
        view = register(one.node).find(number)
        assert view.counts
        one.whatever_counts_keeps_every_rule()
        verdict = one.node.verdict(BROKEN, BANK)
        assert (verdict.met, verdict.met_without_exceptions) == (True, False)
        # When its day comes it does not, and no clock brings it back
        one.the_clock_goes(61)
        assert not register(one.node).find(number).counts
        one.the_bank_changes("looked at")
        one.the_clock_goes(-10)
        one.open()
        assert not register(one.node).find(number).counts
    finally:
        one.teardown()
