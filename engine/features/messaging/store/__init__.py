"""What messaging keeps, in the caller's transaction: texts, their parts, receipts, and what is read of its settings."""
