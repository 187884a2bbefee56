"""Speech engines behind one Protocol, and which of them speaks what."""
