"""Use cases of resilience: continuity, the core-data vault, restore drills."""
