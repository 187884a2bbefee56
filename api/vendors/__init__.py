"""The vendors' APIs, one folder each, with the same rooms; docs/architecture.md says how one is added."""
