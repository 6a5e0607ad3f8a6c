"""The core-data vault at work: found, seal, restore, verify, scrub, prune, change keys.

`panshi.resilience.vault` holds the format, `panshi.store.vault` the places.
"""
