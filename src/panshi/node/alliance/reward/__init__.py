"""The reward mechanism at a hub: read what was shared, settle, state, appeal, rule."""
