"""Accounts, roles and one-time links; sign-in itself is django-allauth's."""
