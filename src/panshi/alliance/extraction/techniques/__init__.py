"""Techniques of ATT&CK in free text, found by a model trained on ATT&CK's own examples.

Workflow: `examples` reads the STIX bundle the institution imported; `training` fits one linear
model per technique and measures what its scores are worth on reports it did not see; `reading`
finds techniques in a text, each with its span, its probability and what weighed most.
"""
