"""The inverse of a disaster: the cheapest layers to add so that every objective is met, proven."""
