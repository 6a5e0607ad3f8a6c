"""The exact engine: from a fault tree to its cut sets, probability and importance.

`exact` solves, by decision diagrams (`diagram`, `families`) or from the bottom up (`bottom_up`);
`store`, `kernels` and `sweeps` hold the nodes and the compiled loops over them; `services` makes
trees of the dependency graph, `open_psa` writes them as documents, `solution` is what is answered.
"""
