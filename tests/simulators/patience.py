"""How long a test waits for what is about to happen.

Much longer than it takes on any machine: it costs nothing when all is well, and a busy machine must
not turn a test red. What never happens is told after a minute.
"""

PATIENCE = 60
"Seconds."
