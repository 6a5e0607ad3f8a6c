"""The compiled form of a graph and a scenario: flat arrays two kernels walk over.

Nodes are numbered so that each comes after all it needs, the more critical first where there is a
choice: in this order they also queue for what recovery shares. Times are whole minutes. Lists of
lists are kept as one flat array and the places where each begins (`*_first`, one longer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panshi.model.resilience.graph import NodeId

type Ints = NDArray[np.int32]
type Bytes = NDArray[np.uint8]
type Reals = NDArray[np.float64]
type Keys = NDArray[np.uint64]
type Rows = NDArray[np.int32]

LOST = 1 << 29
"Minutes of what does not come back, or is lost for good."
OUTAGE, CORRUPTION, CAPACITY = 0, 1, 2
COLUMNS = 256
"Trials the time kernel plays at once; also the most members of a group."
BLOCK = 4096
"Trials of a block: what one worker does at a time, and what streams of chance are cut by."
MOST_SERVERS = 64
"Into so many equal parts a pool is cut at most."
MOST_MEMBERS = 32
"Of a group with standbys."
MOST_CORRUPTIONS = 100


class Arrays(NamedTuple):
    """What the kernels read."""

    # random events, one row of bits each
    event_key: Keys
    event_chance: Reals
    # nodes
    node_key: Keys
    own_row: Ints
    repair: Reals
    data: Bytes
    data_age: Ints
    cause: Bytes
    "Whether some node is exposed to it."
    service: Ints
    "Place among the watched services, or -1."
    # exposures
    exposure_first: Ints
    exposure_cause: Ints
    exposure_row: Ints
    exposure_key: Keys
    exposure_outage: Reals
    # groups
    group_first: Ints
    needed: Ints
    standby: Ints
    "Place among groups that switch over, or -1."
    member_first: Ints
    member: Ints
    member_key: Keys
    switch: Reals
    member_layer: Ints
    # layers
    layer_age: Ints
    layer_replicates: Bytes
    layer_retention: Ints
    layer_restore: Ints
    "Minutes the whole of the restore path is taken."
    layer_path: Ints
    "Pool the data comes through, or -1."
    layer_lasts: Ints
    draw_first: Ints
    draw_pool: Ints
    draw_servers: Ints
    # pools
    pool_node: Ints
    "Node that must be up for the pool to serve, or -1."
    pool_servers: Ints
    pool_held: Bytes
    "Whether a part taken is held until the primary is back (seats), not only while switching."
    # shocks by moment
    moments: Ints
    strike_first: Ints
    strike_node: Ints
    strike_pool: Ints
    strike_row: Ints
    strike_key: Keys
    strike_effect: Bytes
    strike_duration: Reals
    strike_dwell: Ints
    "Place among dwells, 1 and on, by length; 0 for what corrupts nothing."
    strike_left: Reals
    dwells: Ints
    struck_first: Ints
    struck: Ints
    "Strikes that put a node down, by node."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Arrays with the names they stand for."""

    arrays: Arrays
    ids: tuple[NodeId, ...]
    "Nodes in the order of evaluation."
    services: tuple[NodeId, ...]
    "Watched services, in the order of results."
    horizon: int
    standbys: int
    struck: tuple[int, ...] = ()
    "How many nodes or pools each shock of the scenario strikes."
