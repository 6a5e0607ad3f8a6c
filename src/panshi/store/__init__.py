"""Data at rest: relational store, objects and keys."""
