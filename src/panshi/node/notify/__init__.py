"""Use case: telling people what awaits them, in the console, by mail and by webhook.

    turn(node, recipients())        what is new becomes notices and queued deliveries
    deliver(node)                   what is due goes out, each message once

What people are told follows from the inbox: an item they were not told of before is news. The
register keeps who was told what, so a restart repeats nothing. Messages carry a title and a link,
never what people wrote.
"""

from panshi.node.notify.delivering import deliver, requeue
from panshi.node.notify.recipients import Occasion, Recipient
from panshi.node.notify.settings import NotifySettings, load, save
from panshi.node.notify.telling import register_of, turn

__all__ = [
    "NotifySettings",
    "Occasion",
    "Recipient",
    "deliver",
    "load",
    "register_of",
    "requeue",
    "save",
    "turn",
]
