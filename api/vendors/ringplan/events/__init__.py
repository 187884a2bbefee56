"""What RingPlan's customers are notified of."""
