"""The TAXII 2.1 server below `/taxii2/`: the rules of HTTP here, everything else in the node."""
