"""Readers of what pipelines leave behind: provenance, threat models, tests, reviews, releases."""
