"""Trust inference: what signals say about who and what is at the other end, and until when.

Signals add up in log-odds and lose weight with age. A level explains itself, knows the moment at
which it will cross a threshold, and never gains from worse or from older evidence (NIST SP 800-207,
section 3.3: trust algorithm; D. Freeman et al., NDSS 2016, for novelty of place and time).
"""
