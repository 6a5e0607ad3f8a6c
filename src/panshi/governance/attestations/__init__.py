"""Attestations: who answers for what, countersigned, drawn for a second look, and expiring."""
