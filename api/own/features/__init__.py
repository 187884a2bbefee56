"""The rooms of capabilities in our own API, a folder each; `registry` finds them, docs/architecture.md lists them."""
