"""The compiled form of a graph and a scenario: few flat tables that two kernels walk over.

Nodes are numbered so that each comes after all it needs, the more critical first where there is a
choice: in this order they also queue for what recovery shares. Tables hold one row of whole
numbers per node, exposure, group, member, layer, draw, pool and strike; lists of lists are one
table and the row where each inner list begins (one more row than lists). Delays are kept in
thousandths of a minute, results in whole minutes. Few tables, because handing a table on costs the
kernel time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panshi.model.resilience.graph import NodeId

type Table = NDArray[np.int64]
type Rows = NDArray[np.int32]

LOST = 1 << 29
"Minutes of what does not come back, or is lost for good."
COLUMNS = 256
"Trials the time kernel plays at once; also the most members of a group."
BLOCK = 4096
"Trials of a block: what one worker does at a time, and what streams of chance are cut by."
MOST_MEMBERS = 32
"Of a group with standbys."
MOST_CORRUPTIONS = 100
THOUSAND = 1000
OUTAGE, CORRUPTION, CAPACITY = 0, 1, 2

KEY, LOW, LIKELY, HIGH = 0, 1, 2, 3
"First columns of every table with a delay: key of the draw, and the triangle."
# nodes
OWN_EVENT, DATA, AGE, CAUSE, SERVICE, RTO, RPO = 4, 5, 6, 7, 8, 9, 10
FIRST_EXPOSURE, FIRST_GROUP, FIRST_STRUCK = 11, 12, 13
"AGE is negative where a copy is always that old; RTO and RPO are LOST where there is none."
# exposures
FROM, EXPOSED_EVENT = 4, 5
# groups
NEEDED, STANDBY, FIRST_MEMBER = 0, 1, 2
# members
NODE, LAYER = 4, 5
# layers
LAYER_AGE, REPLICATES, RETENTION, RESTORE, PATH, LASTS, FIRST_DRAW = 0, 1, 2, 3, 4, 5, 6
# draws
POOL, AMOUNT = 0, 1
# pools
POOL_NODE, CAPACITY_OF, HELD, FIRST_STEP = 0, 1, 2, 3
"Amounts and capacities are kept in thousandths."
# strikes
STRUCK_NODE, STRUCK_POOL, STRIKE_EVENT, EFFECT, DWELL_PLACE, LEFT = 4, 5, 6, 7, 8, 9
# moments
MINUTE, FIRST_STRIKE = 0, 1


class Tables(NamedTuple):
    """What the kernels read."""

    nodes: Table
    exposures: Table
    groups: Table
    members: Table
    layers: Table
    draws: Table
    pools: Table
    moments: Table
    strikes: Table
    "In the order of their moments."
    dwells: Table
    "Minutes by place, shortest first; place 0 is no corruption."
    struck: Table
    "Strikes that put a node down, by node."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Tables with the names they stand for."""

    tables: Tables
    event_key: NDArray[np.uint64]
    "Random events, each a row of bits."
    event_chance: NDArray[np.float64]
    ids: tuple[NodeId, ...]
    "Nodes in the order of evaluation."
    services: tuple[NodeId, ...]
    "Watched services, in the order of results."
    horizon: int
    standbys: int
    "Groups that switch over."
    struck: tuple[int, ...] = ()
    "How many nodes or pools each shock of the scenario strikes."
