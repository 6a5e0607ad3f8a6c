"""The inverse of simulation: the cheapest layers to add so that every objective holds."""
