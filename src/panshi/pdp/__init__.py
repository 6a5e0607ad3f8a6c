"""The policy decision point: one process that decides, watches live sessions and takes trust back.

It answers AuthZEN, the forward-auth and ext_authz questions of proxies, OpenID Shared Signals and
the control channel of this node (NIST SP 800-207, section 2: policy engine and administrator).
"""
