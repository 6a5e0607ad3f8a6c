"""The river of evidence: seal, log, prove and query."""
