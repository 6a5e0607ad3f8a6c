"""Sub-verbs of `panshi soc`."""
