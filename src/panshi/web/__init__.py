"""The Django console: views, forms, templates and vendored static files."""
