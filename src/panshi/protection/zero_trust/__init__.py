"""Zero trust: choose the fields, infer trust, and say what a signal does to a live session."""
