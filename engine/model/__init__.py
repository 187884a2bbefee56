"""Plain types that everything else stands on."""
