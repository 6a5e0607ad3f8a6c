"""One institution's node: opens PANSHI_HOME and joins store, observers and engines (ADR 0003)."""
