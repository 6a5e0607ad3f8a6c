"""The observer `this-machine`: take every look, and say of each that fails why it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from panshi import __version__
from panshi.errors import PanshiError, UsageError
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.this_machine import (
    boot,
    disks,
    endpoints,
    environments,
    firewall,
    kernel,
    packages,
    protection,
    screen,
    sockets,
    sshd,
    system,
    users,
)
from panshi.observe.this_machine.machine import Machine, Sight
from panshi.observe.tls.endpoint import KIND as TLS

type Looking = Callable[[Machine, datetime], Iterator[Sight]]

LOOKS: dict[str, Looking] = {
    packages.KIND: packages.look,
    sockets.KIND: sockets.look,
    TLS: endpoints.look,
    sshd.KIND: sshd.look,
    users.KIND: users.look,
    users.AUTHENTICATORS: users.look_at_authenticators,
    kernel.KIND: kernel.look,
    environments.KIND: environments.look,
    protection.KIND: protection.look,
    system.KIND: system.look,
    disks.KIND: disks.look,
    firewall.KIND: firewall.look,
    boot.KIND: boot.look,
    screen.KIND: screen.look,
}
"Kind of observation → the look that yields it."

WITHOUT = "without"
"Option: kinds that are not looked at, for example `tls.endpoint/1`, separated by commas."

COLLECTOR = f"panshi {__version__} this-machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThisMachine:
    """Observes the machine it runs on; needs no file and no set-up."""

    machine: Machine = field(default_factory=Machine)
    name: str = "this-machine"
    title_zh: str = "本機"
    title_en: str = "This machine"
    needs_path: bool = False
    kinds: tuple[str, ...] = tuple(LOOKS)
    suffixes: tuple[str, ...] = ()

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield what each look gives, in a fixed order."""
        without = _without(look)
        for kind, take in LOOKS.items():
            if kind not in without:
                for sight in self._sights(kind, take, look):
                    yield _observation(sight, look.now)

    def _sights(self, kind: str, take: Looking, look: Look) -> Iterator[Sight]:
        try:
            yield from take(self.machine, look.now)
        except (PanshiError, OSError, ValueError) as error:
            reason = str(error) or type(error).__name__
            look.warn(f"{kind}: {reason}")
            yield Sight(kind=kind, subject=self.machine.host, outcome=Outcome.FAILED, reason=reason)


def _without(look: Look) -> frozenset[str]:
    named = look.options.get(WITHOUT, "")
    kinds = frozenset(part.strip() for part in named.split(",") if part.strip())
    if unknown := kinds - LOOKS.keys():
        raise UsageError(
            f"this-machine does not look at {', '.join(sorted(unknown))}",
            remedy=f"it looks at: {', '.join(LOOKS)}",
        )
    return kinds


def _observation(sight: Sight, now: datetime) -> Observation:
    return Observation(
        kind=sight.kind,
        subject=sight.subject,
        facet=sight.facet,
        observed_at=now,
        collector=COLLECTOR,
        outcome=sight.outcome,
        reason=sight.reason,
        body=sight.body,
    )


OBSERVER = ThisMachine()
