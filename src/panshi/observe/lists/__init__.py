"""Lists as a source: CSV and XLSX tables of any flat kind of observation.

`table` reads rows with the place of every cell, `kinds` finds which kind a table holds, `columns`
finds which column is which field (`words` knows the names people use), `values` turns cells into
values without guessing, `observer` puts it together: all of a file or nothing, with every error.
"""
