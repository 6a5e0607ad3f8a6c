"""Drills that are due run by themselves while a process serves.

A drill without officers needs the private key of a recipient (`drill_key` in `vault-sources.toml`),
which opens the vault for reading; where there is none, what is due waits for people and is listed.
A drill whose run could not even begin is told once in the trail, not at every look.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.node.node import Node
from panshi.node.resilience.drill_due import plan_states
from panshi.node.resilience.drills import DrillStoppedError, Unlock, legible, run_drill
from panshi.node.resilience.vault.opening import unlock_by
from panshi.node.resilience.vault.rekeying import RECIPIENT_SEEDS, recipient_key
from panshi.observe.spool.places import owned_file
from panshi.observe.vault_sources.source import read_setup

EVERY = 60.0
"Seconds between two looks at what is due."
NAP = 0.5
ACTOR = "panshi:schedule"


def recipient_unlock(node: Node) -> Unlock:
    """Open the vault with the recipient's key that was kept for drills."""
    name = read_setup(node.home.path).drill_key
    if not name:
        raise UsageError(
            "no key is kept for drills without officers",
            remedy="set drill_key in vault-sources.toml, or run the drill with officers' shares",
        )
    path = node.home.path / name
    try:
        seeds = bytes.fromhex(owned_file(path).decode("ascii").strip())
    except ValueError:
        seeds = b""
    if len(seeds) != RECIPIENT_SEEDS:
        raise BadInputError("this is no private key of a recipient", place=str(path))
    key = recipient_key(seeds)[1]
    return lambda vault: unlock_by(vault, key)


def run_due(node: Node, stop: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
    """Run every drill that is due; gives their ids. One that cannot begin keeps none back."""
    due = [each.plan for each in plan_states(node) if each.due]
    if not due:
        return ()
    unlock = recipient_unlock(node)
    ran, wrong = [], []
    for plan in due:
        try:
            run_drill(node, plan, unlock, actor=ACTOR, ends=stop)
        except DrillStoppedError:
            break
        except Exception as error:  # noqa: BLE001 -- one drill that cannot begin keeps none back
            wrong.append(error)
        else:
            ran.append(plan.id)
    if wrong:
        raise wrong[0]
    return tuple(ran)


def keep_drilling(node: Node, stop: Callable[[], bool]) -> None:
    """Look again and again at what is due; what goes wrong is told once."""
    told = ""
    looked = monotonic() - EVERY
    while not stop():
        if monotonic() - looked < EVERY:
            sleep(NAP)
            continue
        looked = monotonic()
        try:
            run_due(node, stop)
            told = ""
        except Exception as error:  # noqa: BLE001 -- the schedule outlives whatever one look met
            found = error if isinstance(error, PanshiError) else f"{type(error).__name__}: {error}"
            told = _tell(node, legible(str(found)), told)


def _tell(node: Node, found: str, told: str) -> str:
    """Record what went wrong, once; where that cannot be written it is tried at the next look."""
    if found == told:
        return told
    try:
        node.audit("", "vault.drill_failure", "schedule", detail=found[:200])
    except PanshiError:
        return ""
    return found
