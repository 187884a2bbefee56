"""The revisions of the call core and the platform, oldest first.

Features keep theirs in `features/<name>/migrations`. All are one line: the next number follows the
highest of all folders.
"""
