"""Every route of the API; the OpenAPI document is made from it, nothing else exists."""

from __future__ import annotations

from collections.abc import Iterator

from panshi.api.endpoints import (
    accounts,
    activity,
    attestations,
    bills,
    business_impact,
    claims,
    continuity_story,
    cut_sets,
    disasters,
    disclosure,
    estates,
    evidence,
    exceptions,
    extraction,
    feeds,
    finding,
    frameworks,
    hub_campaigns,
    hub_collections,
    hub_concentration,
    hub_desk,
    hub_members,
    hub_reports,
    hub_rewards,
    hub_self,
    hub_subscriptions,
    hub_tickets,
    indicators,
    intelligence,
    judgement,
    norms,
    observing,
    offices,
    parameters,
    planning,
    portfolio,
    reports,
    reviews,
    secure_development,
    statements,
    supply_chain_board,
    tokens,
    unseen,
    vault,
    vex,
    watching,
    whole,
    zero_trust_devices,
    zero_trust_grants,
    zero_trust_policies,
    zero_trust_scope,
)
from panshi.api.route import Route

ROUTES: tuple[Route, ...] = (
    *whole.ROUTES,
    *frameworks.ROUTES,
    *estates.ROUTES,
    *judgement.ROUTES,
    *evidence.ROUTES,
    *observing.ROUTES,
    *vex.ROUTES,
    *watching.ROUTES,
    *indicators.ROUTES,
    *intelligence.ROUTES,
    *reviews.ROUTES,
    *business_impact.ROUTES,
    *continuity_story.ROUTES,
    *cut_sets.ROUTES,
    *offices.ROUTES,
    *secure_development.ROUTES,
    *statements.ROUTES,
    *parameters.ROUTES,
    *planning.ROUTES,
    *portfolio.ROUTES,
    *supply_chain_board.ROUTES,
    *exceptions.ROUTES,
    *extraction.ROUTES,
    *attestations.ROUTES,
    *bills.ROUTES,
    *disasters.ROUTES,
    *disclosure.ROUTES,
    *hub_rewards.ROUTES,
    *reports.ROUTES,
    *unseen.ROUTES,
    *vault.ROUTES,
    *feeds.ROUTES,
    *finding.ROUTES,
    *activity.ROUTES,
    *claims.ROUTES,
    *accounts.ROUTES,
    *tokens.ROUTES,
    *norms.ROUTES,
    *zero_trust_policies.ROUTES,
    *zero_trust_grants.ROUTES,
    *zero_trust_devices.ROUTES,
    *zero_trust_scope.ROUTES,
    *hub_campaigns.ROUTES,
    *hub_collections.ROUTES,
    *hub_desk.ROUTES,
    *hub_concentration.ROUTES,
    *hub_members.ROUTES,
    *hub_reports.ROUTES,
    *hub_self.ROUTES,
    *hub_subscriptions.ROUTES,
    *hub_tickets.ROUTES,
)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Give the route for a request and the named parts of its path."""
    for route, names in _on(path):
        if route.method == method:
            return route, names
    return None


def methods(path: str) -> tuple[str, ...]:
    """Methods a path answers to."""
    found = [route.method for route, _names in _on(path)]
    return (*found, "HEAD") if "GET" in found else tuple(found)


def _on(path: str) -> Iterator[tuple[Route, dict[str, str]]]:
    for route in ROUTES:
        fit = route.pattern.fullmatch(path)
        if fit:
            yield route, fit.groupdict()
