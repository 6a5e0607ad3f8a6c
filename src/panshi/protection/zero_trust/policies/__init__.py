"""The life of a set of policies: drafted, checked, tried on yesterday's requests, published by two.

A set is Cedar files, a schema and unit tests; its version is the digest of all of it. What is in
force follows from sealed records alone (NIST SP 800-207, section 3: policy administrator).
"""
