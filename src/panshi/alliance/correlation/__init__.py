"""Which tickets of many members belong to one campaign, and why.

Workflow: a ticket becomes traits (values and what they stand for), rare values lead to tickets and
campaigns that hold them, each is weighed by the odds that both come from one source, and campaigns
grow, merge, split as tickets come. Nothing is kept by pairs; every step is a `CampaignChange`.
"""

from panshi.alliance.correlation.changes import CampaignChange, ChangeKind, Move, Reason, Shared
from panshi.alliance.correlation.correlator import Correlator
from panshi.alliance.correlation.method import Method, load_method
from panshi.alliance.correlation.traits import Sketch, Trait

__all__ = [
    "CampaignChange",
    "ChangeKind",
    "Correlator",
    "Method",
    "Move",
    "Reason",
    "Shared",
    "Sketch",
    "Trait",
    "load_method",
]
