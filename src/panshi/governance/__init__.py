"""Axis 1, governance by objectives: frameworks, assessment, maturity, path and indicators."""
