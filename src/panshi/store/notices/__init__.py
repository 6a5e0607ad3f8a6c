"""Notices to people and deliveries to mail and webhooks: what was told, to whom, and whether.

Kept so that nothing is told twice; it holds titles and references, no text that people wrote.
"""

from panshi.store.notices.entries import Delivery, DeliveryState, Notice
from panshi.store.notices.register import NoticeRegister

__all__ = ["Delivery", "DeliveryState", "Notice", "NoticeRegister"]
