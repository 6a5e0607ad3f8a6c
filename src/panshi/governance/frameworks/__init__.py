"""Frameworks as data: load them, hold them to their own rules, tell how each control is judged."""
