"""STIX 2.1: is an object right, what must be known of it, how is it marked."""
