"""What features add to our own API and to the command line, a folder each."""
