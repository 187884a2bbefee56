"""What comes in: texts put together, whose they are, replies, STOP and START, and texts of phones."""
