"""The sub-verbs of `panshi continuity`."""
