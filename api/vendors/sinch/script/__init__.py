"""SVAML, Sinch's script language: read, checked, turned into tasks."""
