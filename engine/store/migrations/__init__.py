"""Migrations, run by engine.store.migrate."""
