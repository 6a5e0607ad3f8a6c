"""Sub-verbs of `panshi intel`."""
