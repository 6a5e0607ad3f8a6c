"""The desk of the joint SOC: who has a ticket or a campaign in hand, and where it stands."""

from panshi.alliance.desk.cases import Case, Entry, cases, defect

__all__ = ["Case", "Entry", "cases", "defect"]
