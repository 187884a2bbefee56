"""Details: what programs keep with the things of an account, and the engine has no use for."""
