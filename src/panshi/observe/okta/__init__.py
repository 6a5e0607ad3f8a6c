"""Exports of Okta: users, factors, policies and the system log, as its API gives them."""
