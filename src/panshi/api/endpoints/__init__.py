"""What the API answers: one module per room of use, handlers first, then their routes."""
