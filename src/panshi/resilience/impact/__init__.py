"""Business impact: what is in force, what makes no sense, what contradicts the graph."""
