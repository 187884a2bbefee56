"""What numbers, extensions, groups and menus lead to."""
