"""Which statement on exploitability counts for one component of one system on one day.

Workflow: `Statements` holds every voice by vulnerability; its `rule` asks which of them are about
this component at this version (`fitting`), which of those count, and which one wins (`ruling`, ADR
0190). A statement is always keyed by vulnerability and component and version: one that names no
component applies to none.
"""

from __future__ import annotations

from panshi.protection.supply_chain.vex.fitting import Asked, Container, Fit, fit
from panshi.protection.supply_chain.vex.index import Statements, rule
from panshi.protection.supply_chain.vex.ruling import Ruling, Voice

__all__ = ["Asked", "Container", "Fit", "Ruling", "Statements", "Voice", "fit", "rule"]
