"""Axis 2, protection of the whole estate: zero trust, supply chain, cryptography and detection."""
