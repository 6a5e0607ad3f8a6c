"""Template tags, loaded into every template."""
