"""Use case: record a switch-over drill of one recovery layer, with the times that were measured.

Whether it passed is not typed in: it was in time, real business ran where that is asked for, and
the layer bore what the plan says it bears.
"""

from __future__ import annotations

from panshi.errors import BadInputError, UsageError
from panshi.model.asset import AssetId
from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.resilience.graph import analyses
from panshi.node.resilience.marking import looked, seal_observations, subject_of


def record_switch_over(
    node: Node, asset: str, drill: SwitchOverDrill, *, wanted_share: float = 0.0, actor: str
) -> ObservationId:
    """Seal a switch-over drill of a service or system."""
    today = day_of(node.clock())
    for wrong, problem in (
        (not drill.layer, "no layer is named"),
        (drill.held > today, "it lies in the future"),
        (drill.switch_minutes < 0 or drill.target_minutes <= 0, "a time is not above zero"),
        (not 0 <= drill.capacity_share <= 1, "the share it bore is not from 0 to 1"),
        (drill.live_business and not drill.transactions, "live business without a transaction"),
        (
            drill.passed != in_time(drill, wanted_share),
            "whether it passed does not follow from its figures",
        ),
    ):
        if wrong:
            raise BadInputError(problem, place=f"switch-over to {drill.layer or '?'}")
    subject = subject_of(node, asset, "")
    _refuse_unplanned(node, subject, drill.layer)
    evidence = seal_observations(node, (looked(node, SWITCH_OVER, drill, subject, drill.layer),))
    node.audit(actor, "continuity.switch_over", f"{asset} {drill.layer}")
    return evidence


def _refuse_unplanned(node: Node, subject: str, layer: str) -> None:
    """Refuse a layer that an analysed service does not have: mistyped, it would count for none."""
    known = analyses(node).shown(AssetId(subject), day_of(node.clock()))
    if known is None:
        return
    layers = [each.id for each in known.entry.layers]
    if layer not in layers:
        raise UsageError(
            f"{subject} has no recovery layer {layer[:60]!r}",
            remedy="layers: " + (", ".join(layers) or "none; see `panshi continuity bia`"),
        )


def in_time(drill: SwitchOverDrill, wanted_share: float = 0.0) -> bool:
    """Whether the layer was reached in time and bore enough."""
    return drill.switch_minutes <= drill.target_minutes and drill.capacity_share >= wanted_share
