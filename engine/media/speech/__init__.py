"""Speech engines behind one Protocol, and the choice among them."""
