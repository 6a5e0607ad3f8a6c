"""Exceptions: what they are on a day, derived from sealed steps; who may approve which."""
