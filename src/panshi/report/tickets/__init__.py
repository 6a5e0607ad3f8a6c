"""Tickets in the forms of others: STIX 2.1, OCSF, IODEF v2, and the spreadsheet template."""

from panshi.report.tickets.iodef import ticket_iodef
from panshi.report.tickets.ocsf import ticket_ocsf
from panshi.report.tickets.sheet import tickets_xlsx
from panshi.report.tickets.stix import ticket_stix

__all__ = ["ticket_iodef", "ticket_ocsf", "ticket_stix", "tickets_xlsx"]
