"""Privileged access just in time: what a grant is at a moment, folded from its sealed steps."""
