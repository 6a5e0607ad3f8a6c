"""What decisions and withdrawals prove about each system: the figures zero-trust controls read."""
