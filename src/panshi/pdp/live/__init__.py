"""Live sessions at run time: registry, orders, what falls due, and where it all rests."""

from panshi.pdp.live.registry import Live
from panshi.pdp.live.routes import ROUTES

__all__ = ["ROUTES", "Live"]
