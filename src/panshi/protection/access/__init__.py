"""Access decisions: policies and a request in, a decision with its reasons out (NIST SP 800-207).

`decide` is pure and fails closed; console and API ask it for every action, and later the
zero-trust decision point asks it for every access.
"""

from panshi.protection.access.decision import Decision, Request
from panshi.protection.access.engine import Policies, decide

__all__ = ["Decision", "Policies", "Request", "decide"]
