"""Secure development: judge systems over their releases, trust build keys, verify one release."""
