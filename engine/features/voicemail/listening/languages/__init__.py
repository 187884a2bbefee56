"""The sentences of the menu of a box, one file a language."""
