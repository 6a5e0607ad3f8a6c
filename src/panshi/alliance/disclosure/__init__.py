"""The disclosure channel: reports from outside, coordinated until they are fixed and published.

Workflow: `security_text` tells where to report (RFC 9116), `case` folds the sealed steps of a case
into where it stands, `clocks` says what is due when, `advisory` writes CSAF 2.1 and `provider` the
lists by which others find it, `exposure` says what a look at a declared address found.
"""
