"""RingPlan over HTTP."""
