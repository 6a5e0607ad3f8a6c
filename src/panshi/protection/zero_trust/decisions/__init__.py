"""What a decision is asked with, what it answers, what it obliges to and how it is remembered.

Meaning of the AuthZEN Authorization API 1.0 and of its obligations profile in terms of Cedar,
decision records and the chain that holds them; no socket, no file, no clock.
"""
