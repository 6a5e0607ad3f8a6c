"""The sector's picture of a period: what reports, bulletins and the hub's first page tell.

    told (what the reader may see, nothing else) ──► picture(told, period) ──► paper, page, STIX

Who reported is counted and never told. A figure about fewer than three members is told as "fewer
than three", since in a sector of a few houses a small number is a name.
"""
