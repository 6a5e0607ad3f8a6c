"""The core-data vault: encrypted, split and kept at several places, in a format of its own.

These modules turn bytes into bytes and judge what they are given; `panshi.store.vault` reaches
the places, `panshi.node.resilience.vault` puts both together. docs/reference/vault-format.md
describes every byte.
"""
