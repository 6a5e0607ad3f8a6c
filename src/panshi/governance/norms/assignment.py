"""The pairing of rows with columns that costs least in all, by shortest augmenting paths.

After Jonker and Volgenant (1987): each row is brought in by a shortest path of exchanges, kept
short by prices on rows and columns. O(n² m) steps over vectors; exact, and the same every time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def cheapest_pairs(cost: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pair every row of the shorter side with a column of its own at the least total cost."""
    if cost.size == 0:
        return []
    if cost.shape[0] > cost.shape[1]:
        return sorted((row, column) for column, row in cheapest_pairs(cost.T))
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    taken_by = np.zeros(columns + 1, dtype=int)
    "Row that holds a column, from 1; 0: free. Column 0 holds the row being brought in."
    for row in range(1, rows + 1):
        taken_by[0] = row
        place, way = 0, np.zeros(columns + 1, dtype=int)
        least, visited = np.full(columns + 1, np.inf), np.zeros(columns + 1, dtype=bool)
        while taken_by[place]:
            visited[place] = True
            holder = taken_by[place]
            reduced = cost[holder - 1] - row_price[holder] - column_price[1:]
            better = ~visited[1:] & (reduced < least[1:])
            least[1:][better] = reduced[better]
            way[1:][better] = place
            open_columns = np.where(visited[1:], np.inf, least[1:])
            following = int(open_columns.argmin()) + 1
            step = least[following]
            row_price[taken_by[visited]] += step
            column_price[visited] -= step
            least[~visited] -= step
            place = following
        while place:
            taken_by[place] = taken_by[way[place]]
            place = int(way[place])
    return sorted((int(taken_by[c]) - 1, c - 1) for c in range(1, columns + 1) if taken_by[c])
