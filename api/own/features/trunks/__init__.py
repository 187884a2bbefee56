"""What trunks have in our own API beside the administrator's routes: a check of where they can reach us."""
