"""Sources of the vault: each gives a folder whose content is one state of its application.

    mark = capture(source, folder, clock)        `capture`: what to read and how, `source`
    found = verify(folder, mark, source, …)      `verify`: restored rows beside sealed digests

`postgres_base` (base backup and WAL to a restore point), `postgres_logical` (dump of one exported
snapshot), `sqlite_copy`, `files`, `extracts` (CSV); `rows` are the row digests, `content` tells
what looks encrypted, `postgres_restore` starts what was restored, apart from everything else.
"""
