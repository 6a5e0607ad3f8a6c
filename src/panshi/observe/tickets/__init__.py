"""Tickets in the shapes of others: mail, spreadsheet, IODEF, STIX, OCSF, alerts of three SIEMs.

    drafts(form, path, now) ──► Draft, Draft, …

Each reader is bounded and gives drafts: the fields of the ticket's schema, as a member would have
written them. Whether a draft is a ticket is decided where every ticket is read.
"""

from panshi.observe.tickets.draft import Draft
from panshi.observe.tickets.forms import Form, drafts, recognised

__all__ = ["Draft", "Form", "drafts", "recognised"]
