"""The board pack: seven questions a board asks, one page each, and how to check the answers."""
