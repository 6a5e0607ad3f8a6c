"""One disaster told in its likely course: what is lost when, why, and what brings it back."""
