"""Places where evidence arrives by itself: a folder on this machine, or a bucket.

`places` says which are watched and how, `folder` takes files out of a spool one by one, `s3`
lists and fetches objects. Whoever observes what arrives is `panshi.node.watching`.
"""
