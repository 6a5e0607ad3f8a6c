"""Exports of Microsoft Entra ID: Graph JSON pages and CSV from the portal.

`pages` streams the entries of an export and says whether it is whole, `users` reads accounts,
methods and sign-ins, `tenant` what concerns the directory as a whole.
"""
