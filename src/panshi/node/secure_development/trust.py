"""Trust a build key: one proposes it, another approves it, anybody of them revokes it.

desk = TrustDesk(node, actor="chen.yiru")
key_id = desk.propose(pem, name="CI", builders=("https://ci.example/builder",))
TrustDesk(node, actor="lin.yating").approve(key_id)
"""

from __future__ import annotations

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.persons import pair_defect
from panshi.model.bodies.secure_development import BUILD_TRUST, BuildTrust
from panshi.model.observation import ObservationId
from panshi.node.desk import Desk
from panshi.node.records import institution_of, record
from panshi.node.secure_development.judging import trust_of
from panshi.protection.secure_development.envelope import read_key
from panshi.protection.secure_development.trust import TrustedKey, stepped

LONGEST_NAME = 120
MOST_BUILDERS = 50


class TrustDesk(Desk):
    """Where one person takes steps about build keys."""

    def propose(
        self,
        pem: bytes,
        *,
        name: str,
        builders: tuple[str, ...],
        systems: tuple[str, ...] = (),
        why: str = "",
        source: str = "",
    ) -> str:
        """Propose a key; gives its id."""
        key = read_key(pem, source=source)
        known = [self.estate.resolve(each) for each in systems]
        if None in known:
            unknown = systems[known.index(None)]
            raise MissingError(f"there is no asset {unknown[:80]!r}", remedy="name a system")
        if not name.strip() or len(name) > LONGEST_NAME or len(builders) > MOST_BUILDERS:
            raise UsageError(
                f"a key needs a name of at most {LONGEST_NAME} characters, and at most "
                f"{MOST_BUILDERS} builders",
                remedy="for example --name 'CI of core banking'",
            )
        body = BuildTrust(
            step="propose",
            by=self.actor,
            key_id=key.id,
            name=name.strip(),
            public_key=key.pem,
            builders=tuple(sorted({each.strip() for each in builders if each.strip()})),
            systems=tuple(sorted({str(each) for each in known})),
            why=why.strip(),
        )
        self._take(body)
        return key.id

    def approve(self, key_id: str, *, why: str = "") -> ObservationId:
        """Approve what another person proposed."""
        found = self.key(key_id)
        return self._take(
            BuildTrust(step="approve", by=self.actor, key_id=found.id, why=why.strip())
        )

    def revoke(self, key_id: str, *, why: str) -> ObservationId:
        """Take trust back at once; what it signed no longer verifies."""
        if not why.strip():
            raise UsageError("a revocation needs its reason", remedy="--why TEXT")
        found = self.key(key_id)
        return self._take(
            BuildTrust(step="revoke", by=self.actor, key_id=found.id, why=why.strip())
        )

    def key(self, key_id: str) -> TrustedKey:
        """Give a key by its id or the beginning of it."""
        found = trust_of(self.node).find(key_id)
        if found is None:
            raise MissingError(
                f"there is no one key {key_id[:40]!r}",
                remedy="`panshi secure-dev trust list` shows them",
            )
        return found

    def _take(self, body: BuildTrust) -> ObservationId:
        at = self.moment
        before = next((each for each in trust_of(self.node).all if each.id == body.key_id), None)
        _after, flaw = stepped(before, body, at, defect=pair_defect)
        if flaw:
            self.node.audit(self.actor, BUILD_TRUST, body.key_id, allowed=False, detail=flaw)
            raise ForbiddenError(flaw, place=body.key_id[:16], remedy="nothing was sealed")
        made = record(
            BUILD_TRUST, body, subject=institution_of(self.estate), facet=body.key_id, at=at
        )
        sealed = self.node.log.append((made,), at).ids[0]
        self.node.checkpoint()
        self.node.audit(self.actor, BUILD_TRUST, body.key_id, detail=body.step)
        return sealed
