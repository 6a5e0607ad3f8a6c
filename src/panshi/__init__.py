"""Panshi 磐石: measure, prove and exercise the cyber resilience of a financial institution."""

__version__ = "0.1.0"
