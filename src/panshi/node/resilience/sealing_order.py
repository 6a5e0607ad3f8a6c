"""Use case: have disasters worked out and sealed by the serving process, one after another.

    order_sealing(node, estate_id, actor="lin")     every disaster, or those that are wanted
    sealing_of(node, estate_id)                     what is sealed, what is worked out, what waits
    keep_sealing(node, stop)                        the serving process works off what was ordered

An order is a file, one per institution. What is done of it is read from the log: an outcome that
was sealed after it. A process that dies goes on at its next start with the first that is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import sleep

import msgspec

from panshi.errors import PanshiError, UsageError
from panshi.model.bodies.continuity_judged import ScenarioOutcome
from panshi.model.observation import Sealed
from panshi.node.node import Node
from panshi.node.resilience.sealing import TRIALS, seal_continuity
from panshi.node.resilience.story import newest_outcomes, scenario_named, scenarios_of
from panshi.store.place import ready_directory, write_new_file

FOLDER = "continuity-orders"
NAP = 0.5
"Seconds between two looks for an order."
LONGEST_REASON = 300

_CHANGING = Lock()
"Orders are given, taken back and finished by threads of one process, the one that serves."


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingOrder:
    """What somebody wants to be sealed."""

    estate: str
    scenarios: tuple[str, ...]
    trials: int
    seed: int
    ordered_by: str
    ordered_at: datetime
    after: int
    "How many observations the log held: what is sealed later counts as done."
    stopped: str = ""
    "Why it could not go on; empty while it can."


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingState:
    """How far an order has come."""

    order: SealingOrder
    done: tuple[str, ...]
    waiting: tuple[str, ...]
    "The first of them is being worked out, unless the order stopped."


def order_sealing(
    node: Node,
    estate_id: str,
    *,
    actor: str,
    wanted: tuple[str, ...] = (),
    trials: int = TRIALS,
    seed: int = 1,
) -> SealingState:
    """Order that disasters are sealed; refused while an order of the institution is worked off."""
    estate = node.estate(estate_id).id
    named = [scenario_named(node, each, estate) for each in dict.fromkeys(wanted)]
    order = SealingOrder(
        estate=estate,
        scenarios=tuple(each.id for each in named or scenarios_of(node, estate)),
        trials=trials,
        seed=seed,
        ordered_by=actor,
        ordered_at=node.clock(),
        after=node.log.size(),
    )
    path = _path(node, estate)
    with _CHANGING:
        before = _read(path)
        if before is not None and not before.stopped:
            raise UsageError(
                "an order to seal is being worked off",
                place=estate,
                remedy="wait until it is done, or stop it",
            )
        _write(path, order)
    node.audit(actor, "continuity.order", estate, detail=f"{len(order.scenarios)} disasters")
    return SealingState(order=order, done=(), waiting=order.scenarios)


def stop_sealing(node: Node, estate_id: str, *, actor: str) -> None:
    """Take an order back; the disaster that is being worked out is sealed still."""
    estate = node.estate(estate_id).id
    with _CHANGING:
        ordered = _read(_path(node, estate)) is not None
        _path(node, estate).unlink(missing_ok=True)
    if ordered:
        node.audit(actor, "continuity.take_back", estate)


def sealing_of(node: Node, estate_id: str) -> SealingState | None:
    """Give how far the order of an institution has come; None where nothing is ordered."""
    estate = node.estate(estate_id).id
    order = _read(_path(node, estate))
    if order is None:
        return None
    newest = newest_outcomes(node, estate)
    done = {each for each, sealed in newest.items() if _answers(order, sealed)}
    return SealingState(
        order=order,
        done=tuple(each for each in order.scenarios if each in done),
        waiting=tuple(each for each in order.scenarios if each not in done),
    )


def _answers(order: SealingOrder, sealed: Sealed) -> bool:
    """Whether an outcome is what was ordered, not what an order before it left behind."""
    body = sealed.observation.body
    if sealed.position < order.after or not isinstance(body, ScenarioOutcome):
        return False
    return (body.trials, body.seed) == (order.trials, order.seed)


def keep_sealing(node: Node, stop: Callable[[], bool]) -> None:
    """Work off orders as they come, one at a time, the oldest first."""
    given_up: set[SealingOrder] = set()
    while not stop():
        try:
            order = next((each for each in _orders(node) if each not in given_up), None)
        except OSError:  # the folder cannot be read now; it is looked at again
            order = None
        if order is None:
            sleep(NAP)
            continue
        try:
            work_off(node, order.estate, stop)
        except Exception as error:  # noqa: BLE001 -- whatever one order met, the next is worked off
            given_up.add(order)
            _note(node, order, error)


def work_off(node: Node, estate_id: str, stop: Callable[[], bool] = lambda: False) -> None:
    """Seal what an order still waits for; one that is taken back ends after its disaster."""
    state = sealing_of(node, estate_id)
    if state is None or state.order.stopped:
        return
    order, path = state.order, _path(node, state.order.estate)
    if state.waiting:
        seal_continuity(
            node,
            actor=order.ordered_by,
            estate_id=order.estate,
            wanted=state.waiting,
            trials=order.trials,
            seed=order.seed,
            ends=lambda: stop() or _read(path) != order,
        )
    if stop():
        return
    with _CHANGING:
        if _read(path) == order:
            path.unlink()


def _orders(node: Node) -> list[SealingOrder]:
    folder = node.home.path / FOLDER
    found = map(_read, folder.glob("*.json")) if folder.is_dir() else ()
    ready = (each for each in found if each is not None and not each.stopped)
    return sorted(ready, key=lambda each: (each.ordered_at, each.estate))


def _note(node: Node, order: SealingOrder, error: Exception) -> None:
    """Say with the order and in the trail why it could not go on, where that can be written."""
    told = str(error) if isinstance(error, PanshiError) else f"{type(error).__name__}: {error}"
    path = _path(node, order.estate)
    try:
        with _CHANGING:
            if _read(path) == order:
                _write(path, replace(order, stopped=told[:LONGEST_REASON]))
        node.audit("", "continuity.seal_failure", order.estate, detail=told[:200])
    except (PanshiError, OSError):
        # It stays as it was ordered and is tried again at the next start.
        return


def _path(node: Node, estate: str) -> Path:
    return node.home.path / FOLDER / f"{estate}.json"


def _read(path: Path) -> SealingOrder | None:
    """Read an order; one of another version is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SealingOrder)
    except (FileNotFoundError, IsADirectoryError, msgspec.DecodeError):
        return None


def _write(path: Path, order: SealingOrder) -> None:
    fresh = ready_directory(path.parent) / f"{path.stem}.new"
    fresh.unlink(missing_ok=True)
    write_new_file(fresh, msgspec.json.encode(order))
    fresh.replace(path)
