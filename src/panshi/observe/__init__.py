"""Input from outside: one file per kind of source, each yields observations."""
