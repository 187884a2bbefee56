"""The administrator's API: on a loopback port of its own, with a token; the command line is its client."""
