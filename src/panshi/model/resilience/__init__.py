"""What resilience speaks of: the dependency graph, recovery layers, disasters, business impact."""
