"""What campaigns keep, in the caller's transaction: themselves, their contacts, and who is not to be called."""
