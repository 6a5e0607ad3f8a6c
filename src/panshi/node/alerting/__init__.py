"""Watching feeds, raising alerts on findings once, and sending them until they arrive."""
