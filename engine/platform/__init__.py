"""What every feature stands on: the audit of changes."""
