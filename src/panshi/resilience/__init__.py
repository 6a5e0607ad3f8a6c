"""Axis 4, hardened resilience: continuity, vault, incidents and exercises."""
