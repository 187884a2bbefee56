"""Plain types with no behaviour, below everything else in the engine."""
