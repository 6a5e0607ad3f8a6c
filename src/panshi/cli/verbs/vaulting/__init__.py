"""The sub-verbs of `panshi vault`."""
