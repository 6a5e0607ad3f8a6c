"""The console's pages, one module per place in the navigation."""
