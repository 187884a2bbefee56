"""What its customers are notified of."""
