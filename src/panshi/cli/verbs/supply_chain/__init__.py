"""Sub-verbs of `panshi sbom`, one module each."""
