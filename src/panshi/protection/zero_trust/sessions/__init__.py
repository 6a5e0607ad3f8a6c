"""Live sessions: what a change touches, and what becomes of each access that is open.

A change of policy, entity, signal or trust concerns some sessions; each of their open accesses is
decided anew. What is still allowed stays, what is not is closed; nothing else is disturbed (NIST SP
800-207, section 2.1, tenets 3 and 6; CAEP 1.0, section 3).
"""
