"""One module per sub-verb of `panshi feeds`."""
