"""The zero-trust scope in words, as JSON, and on paper; the same values everywhere."""
