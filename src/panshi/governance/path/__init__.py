"""The cheapest path: which projects, in which quarters, bring an estate to a stage (rule 8)."""
