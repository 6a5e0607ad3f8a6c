"""The sub-verbs of `panshi secure-dev`."""
