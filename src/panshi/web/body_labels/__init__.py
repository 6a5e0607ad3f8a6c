"""Chinese labels of the fields of observation bodies, by subject; a test keeps them complete."""

from __future__ import annotations

from collections.abc import Mapping

from panshi.web.body_labels import (
    attestations,
    comments,
    device_state,
    exceptions,
    hub_members,
    hub_tickets,
    indicators,
    intelligence,
    norms,
    observed,
    offices,
    ownership,
    privileged,
    projects,
    reviews,
    sbom_portfolio,
    scanned,
    secure_development,
    soc_desk,
    supply_chain_feeds,
    vex,
    vulnerability_following,
    zero_trust,
    zero_trust_policies,
    zero_trust_scope,
)

LABELS: Mapping[str, str] = {
    **comments.LABELS,
    **device_state.LABELS,
    **attestations.LABELS,
    **exceptions.LABELS,
    **hub_members.LABELS,
    **hub_tickets.LABELS,
    **indicators.LABELS,
    **intelligence.LABELS,
    **norms.LABELS,
    **observed.LABELS,
    **offices.LABELS,
    **ownership.LABELS,
    **privileged.LABELS,
    **projects.LABELS,
    **reviews.LABELS,
    **sbom_portfolio.LABELS,
    **scanned.LABELS,
    **secure_development.LABELS,
    **soc_desk.LABELS,
    **supply_chain_feeds.LABELS,
    **vex.LABELS,
    **vulnerability_following.LABELS,
    **zero_trust.LABELS,
    **zero_trust_policies.LABELS,
    **zero_trust_scope.LABELS,
}
"""A field has one label wherever it occurs."""
