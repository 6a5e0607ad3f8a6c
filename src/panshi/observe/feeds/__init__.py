"""Feeds: what is publicly known of vulnerabilities, read within bounds, record by record.

    found.py      what lies in a folder: which files are feeds, which are left alone
    osv.py        one OSV record (JSON, or YAML as institutions write their own)
    packs.py      many of them in one ZIP, as the OSV bucket publishes them
    kev.py        CISA's catalogue of known exploited vulnerabilities
    epss.py       FIRST's daily scores
    exchange.py   one HTTP exchange, bounded in time and size
    download.py   a file over HTTP, resumed where it broke off, checked where a checksum is given
    osv_bucket.py, csaf_places.py   how two publishers say what changed
    bundle.py     what one node hands another without a network between them

A record that cannot be taken is a value with its name and reason; the others are taken. A file that
is none of these, or lies about itself, raises `BadInputError` and nothing of it is taken.
"""
