"""What `panshi zt` can do: one module per sub-verb, each loaded only when it is called."""
