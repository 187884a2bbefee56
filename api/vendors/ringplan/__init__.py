"""The RingPlan dialect."""
