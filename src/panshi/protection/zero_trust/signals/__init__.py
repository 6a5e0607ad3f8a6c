"""OpenID Shared Signals: what others tell us about sessions in use, and what we tell them.

The workflow, pure throughout (bytes, keys and the time are arguments):

    tokens.read      a Security Event Token (RFC 8417) is verified; a fault is one of RFC 8935's
    events.read      its one event is held against the definition in CAEP, RISC or SSF 1.0
    subjects.read    its subject (RFC 9493, SSF section 3) is typed
    actions.plan     what the governed content says becomes changes: end, signal, disable …
    streams          what a stream is, how a receiver may change it, what is sent on it

Sockets, clocks and files are brought by `panshi.pdp.shared_signals`.
"""
