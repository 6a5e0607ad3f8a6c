"""osquery's result logs: snapshots and differences folded into what a host was last seen to be.

`log` folds lines into the newest state of each query of each host, `tables` says which tables are
read and which of their columns, `bodies` turns a host's tables into observations.
"""
