"""Schema of the accounts' database."""
