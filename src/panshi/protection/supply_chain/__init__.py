"""What software is made of: versions in order, package names, ranges; pure judgement.

Workflow: an SBOM names packages by purl (ECMA-427), an advisory names ranges of versions; whether
the one reaches the other is decided here, and what cannot be told is an answer of its own.
"""
