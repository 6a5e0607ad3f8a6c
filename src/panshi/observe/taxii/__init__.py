"""Intelligence over TAXII 2.1 as a client: discovery, collections, pages, adding objects.

Nothing is interpreted here: objects stay the bytes that came, and whoever asks says from where on.
"""

from panshi.observe.taxii.client import Access, Page, RemoteCollection, TaxiiClient

__all__ = ["Access", "Page", "RemoteCollection", "TaxiiClient"]
