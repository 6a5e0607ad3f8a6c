"""How securely software is made, judged from what pipelines leave behind (blueprint measure 7)."""
