"""Policy enforcement points of our own: streaming proxy, middleware, bastion (NIST SP 800-207)."""
