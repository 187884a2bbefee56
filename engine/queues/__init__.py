"""The queue of a call or a conference: runs its tasks one after the other, and stores how far each is."""
