"""Sessions and accesses are found by whatever a change may concern."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from panshi.protection.zero_trust.sessions.register import Register, subjects_of

names = st.sampled_from(["a", "b", "c"])
maybe = st.none() | names


class RegisterMachine(RuleBasedStateMachine):
    """The indices say what a plain search over everything says."""

    def __init__(self):
        super().__init__()
        self.register = Register()
        self.sessions, self.accesses = {}, {}

    @rule(name=names, user=names, device=maybe, credential=maybe, address=st.just("") | names)
    def put(self, name, user, device, credential, address):
        session = Session(
            id=name, user=Uid("User", user), device=device, credential=credential,
            assurance=2, established_at=0.0, expires_at=1.0, address=address,
        )  # fmt: skip
        self.register.put(session)
        self.sessions[name] = session

    @rule(name=names)
    def drop(self, name):
        gone = self.register.drop(name)
        self.sessions.pop(name, None)
        expected = [key for key, each in self.accesses.items() if each.session == name]
        assert sorted(each.id for each in gone) == sorted(expected)
        for key in expected:
            del self.accesses[key]

    @rule(name=names, session=names, action=names, resource=names, pep=names)
    def open(self, name, session, action, resource, pep):
        access = Access(
            id=name, session=session, action=Uid("Action", action),
            resource=Uid("System", resource), pep=pep, opened_at=0.0,
        )  # fmt: skip
        self.register.open(access)
        self.accesses[name] = access

    @rule(name=names)
    def close(self, name):
        assert self.register.close(name) == self.accesses.pop(name, None)

    @invariant()
    def sessions_are_found_by_their_subjects(self):
        every = {subject for each in self.sessions.values() for subject in subjects_of(each)}
        for subject in every:
            expected = {n for n, each in self.sessions.items() if subject in subjects_of(each)}
            assert set(self.register.about([subject])) == expected

    @invariant()
    def accesses_are_found_by_what_they_are(self):
        for name in "abc":
            held = {key for key, each in self.accesses.items() if each.pep == name}
            assert {each.id for each in self.register.held_by(name)} == held
            using = {e.session for e in self.accesses.values() if e.action.id == name}
            assert set(self.register.using(actions=[Uid("Action", name)])) == using
            on = {e.session for e in self.accesses.values() if e.resource.id == name}
            assert set(self.register.using(resources=[Uid("System", name)])) == on
        assert set(self.register.peps()) == {each.pep for each in self.accesses.values()}


TestRegister = RegisterMachine.TestCase
TestRegister.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
