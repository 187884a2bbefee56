"""The admin API, on a loopback port of its own and with a token; its client is the command line."""
