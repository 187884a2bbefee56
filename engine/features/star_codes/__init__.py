"""Star codes: what a phone dials to set its extension, or to take a call that rings elsewhere."""
