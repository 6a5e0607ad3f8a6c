"""Whose turn it is, and what cannot take turns."""

import pytest

from panshi.errors import BadInputError
from panshi.model.resilience.graph import (
    Draw,
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeKind,
    Pool,
    all_of,
)
from panshi.resilience.turns import turns


def bank(*below_team):
    """Give a service whose layer draws on a team, which stands on something."""
    members = (Member(node="site:main"), Member(node="layer:far"))
    return Graph(
        nodes=(
            Node(id="site:main", kind=NodeKind.SITE, name_zh="主"),
            Node(id="layer:far", kind=NodeKind.LAYER, name_zh="層"),
            Node(
                id="service:pay",
                kind=NodeKind.SERVICE,
                name_zh="支付",
                groups=(Group(members=members),),
            ),
            Node(id="team:ops", kind=NodeKind.TEAM, name_zh="隊", groups=all_of(*below_team)),
        ),
        layers=(
            Layer(
                id="layer:far",
                kind=LayerKind.REMOTE_SITE,
                serves="service:pay",
                name_zh="層",
                draws=(Draw(pool="team:ops", amount=1),),
            ),
        ),
        pools=(Pool(id="team:ops", unit="people", capacity=2),),
    )


def test_who_draws_on_a_team_follows_it():
    order = [each.id for each in turns(bank("site:main"))]

    assert order.index("site:main") < order.index("team:ops") < order.index("service:pay")


def test_a_team_that_needs_who_draws_on_it_is_named_with_that_service():
    with pytest.raises(BadInputError, match=r"layer of service:pay") as refused:
        turns(bank("service:pay"))

    assert refused.value.place == "pool team:ops"
    assert "service:pay → team:ops → service:pay" in refused.value.problem
