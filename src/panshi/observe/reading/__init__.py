"""Bounded reading of foreign files: every byte from outside comes in through here.

`limits` says how much is read, `files` opens a file safely, `json_events` and `xml_events`
stream the two formats with flat memory, `texts` cleans what ends up in a body,
`complaints` tells of parts that could not be read.
"""
