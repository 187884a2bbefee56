"""Ring groups."""
