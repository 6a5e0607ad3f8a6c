"""Transport security as observed from outside: names, what they mean, and our own handshake.

`names` brings the spellings of all tools to one, `endpoint` folds them into a body, `hello`
writes and reads handshake messages, `probe` asks one endpoint, `certificate` reads its answer.
"""
