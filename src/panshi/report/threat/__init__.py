"""Threat reports of the sector: weekly, quarterly, and the early-warning bulletin for abroad.

    ThreatFacts ──► threat_paper (PDF, DOCX, page …)
                └─► threat_bundle (STIX 2.1 report object with what it speaks of)

What they may tell was decided before (`panshi.alliance.intelligence.release`); they add nothing.
"""
