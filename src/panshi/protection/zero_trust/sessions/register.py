"""Which sessions are live and what each has open, found by whatever a change may concern.

The register is a plain structure in memory: it decides nothing and asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from panshi.protection.zero_trust.trust.signal import Subject, SubjectKind


def user_name(user: Uid) -> str:
    """Give a user as signals name it: the id alone, which is unique at the institution."""
    return user.id


def subjects_of(session: Session) -> tuple[Subject, ...]:
    """Give whatever signals may speak of when they concern a session."""
    named = (
        (SubjectKind.SESSION, session.id),
        (SubjectKind.USER, user_name(session.user)),
        (SubjectKind.DEVICE, session.device),
        (SubjectKind.CREDENTIAL, session.credential),
        (SubjectKind.ADDRESS, session.address),
    )
    return tuple(Subject(kind, name) for kind, name in named if name)


class Register:
    """Live sessions and open accesses, with an index per subject, action and enforcement point."""

    def __init__(self) -> None:
        """Begin with nobody signed in."""
        self.sessions: dict[str, Session] = {}
        self.accesses: dict[str, Access] = {}
        self._subjects: dict[str, tuple[Subject, ...]] = {}
        self._by_subject: dict[Subject, dict[str, None]] = {}
        self._by_action: dict[Uid, dict[str, None]] = {}
        self._by_resource: dict[Uid, dict[str, None]] = {}
        self._by_pep: dict[str, dict[str, None]] = {}
        self._by_session: dict[str, dict[str, None]] = {}

    def put(self, session: Session) -> None:
        """Add a session, or replace the one of the same id."""
        earlier = self.sessions.get(session.id)
        if earlier is not None:
            self._unindex(earlier)
        self.sessions[session.id] = session
        subjects = self._subjects[session.id] = subjects_of(session)
        for subject in subjects:
            self._by_subject.setdefault(subject, {})[session.id] = None

    def drop(self, session_id: str) -> tuple[Access, ...]:
        """Take a session out; its open accesses are given back and out as well."""
        session = self.sessions.pop(session_id, None)
        if session is not None:
            self._unindex(session)
        gone = self.open_of(session_id)
        for access in gone:
            self.close(access.id)
        return gone

    def open(self, access: Access) -> None:
        """Note that an access is open."""
        self.close(access.id)
        self.accesses[access.id] = access
        self._by_session.setdefault(access.session, {})[access.id] = None
        self._by_action.setdefault(access.action, {})[access.id] = None
        self._by_resource.setdefault(access.resource, {})[access.id] = None
        self._by_pep.setdefault(access.pep, {})[access.id] = None

    def close(self, access_id: str) -> Access | None:
        """Note that an access is no longer open; give it where it was."""
        access = self.accesses.pop(access_id, None)
        if access is not None:
            _remove(self._by_session, access.session, access_id)
            _remove(self._by_action, access.action, access_id)
            _remove(self._by_resource, access.resource, access_id)
            _remove(self._by_pep, access.pep, access_id)
        return access

    def open_of(self, session_id: str) -> tuple[Access, ...]:
        """Give what a session has open, in the order of opening."""
        return tuple(self.accesses[each] for each in self._by_session.get(session_id, ()))

    def held_by(self, pep: str) -> tuple[Access, ...]:
        """Give what an enforcement point holds open."""
        return tuple(self.accesses[each] for each in self._by_pep.get(pep, ()))

    def peps(self) -> tuple[str, ...]:
        """Give the enforcement points that hold anything open."""
        return tuple(self._by_pep)

    def subjects(self, session_id: str) -> tuple[Subject, ...]:
        """Give whatever signals may speak of when they concern a live session."""
        return self._subjects[session_id]

    def about(self, subjects: Iterable[Subject]) -> tuple[str, ...]:
        """Give the sessions any of these subjects belongs to."""
        found: dict[str, None] = {}
        for subject in subjects:
            found.update(self._by_subject.get(subject, {}))
        return tuple(found)

    def using(
        self, *, actions: Iterable[Uid] = (), resources: Iterable[Uid] = ()
    ) -> tuple[str, ...]:
        """Give the sessions that have any of these actions, or resources, open."""
        found: dict[str, None] = {}
        for index, names in ((self._by_action, actions), (self._by_resource, resources)):
            for name in names:
                for access_id in index.get(name, ()):
                    found[self.accesses[access_id].session] = None
        return tuple(found)

    def with_subject(self, kind: SubjectKind) -> Iterator[str]:
        """Give the sessions that have a subject of a kind."""
        return (
            each.id
            for each in self.sessions.values()
            if any(subject.kind is kind for subject in self._subjects[each.id])
        )

    def _unindex(self, session: Session) -> None:
        for subject in self._subjects.pop(session.id):
            _remove(self._by_subject, subject, session.id)


def _remove[Key](index: dict[Key, dict[str, None]], key: Key, name: str) -> None:
    names = index.get(key)
    if names is not None:
        names.pop(name, None)
        if not names:
            del index[key]
