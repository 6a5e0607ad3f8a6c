"""Cedar policies compiled to an index whose answers equal Cedar's own."""
