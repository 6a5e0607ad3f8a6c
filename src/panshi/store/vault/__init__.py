"""Where a vault rests: its places, and what the sealing machine remembers of it."""
