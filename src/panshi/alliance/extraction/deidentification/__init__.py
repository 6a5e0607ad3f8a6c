"""Who and what of one's own leaves a text before it is shared: persons, accounts, internal names.

Workflow: `finding` finds what identifies; `pseudonyms` gives each a stable stand-in that only its
originator can undo; `redaction` puts the two together and shows the difference to whoever reviews.
"""
