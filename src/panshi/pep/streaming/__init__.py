"""The streaming enforcement point: what it lets open it can close, at any moment.

A proxy that asks once per request never sees a WebSocket, an event stream or a database connection
again. This one asks at the opening, tells the decision point what is open, listens for orders and
closes or narrows within milliseconds; without a decision point it closes by itself after a grace.
"""
