"""The quarterly review: an agenda made from state, decisions, actions, minutes (推動與管考)."""
