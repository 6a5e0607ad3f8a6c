"""Sub-verbs of `panshi disclosure`."""
