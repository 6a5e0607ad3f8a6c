"""Norms side by side: overlaps, conflicts and gaps, versions, impact and burden (measure 3)."""
