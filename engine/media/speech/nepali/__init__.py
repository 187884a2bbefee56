"""How Nepali texts are read: numbers, dates, romanised words, English words among them."""
