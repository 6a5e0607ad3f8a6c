"""Decisions on exploitability as documents others read: OpenVEX and CycloneDX, signed where asked.

CSAF is read and not written: its publisher needs a namespace and a revision history of its own,
which nobody here has (ADR 0193).
"""
