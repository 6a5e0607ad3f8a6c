"""Actions of `panshi hub`."""
