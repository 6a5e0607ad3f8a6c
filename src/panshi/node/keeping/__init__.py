"""Keeping a node's state: back up, restore, upgrade, move to another database."""
