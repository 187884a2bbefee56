"""What can be wrong with files."""

from engine.features.files.model import TooManyFiles

ERRORS = {TooManyFiles: (409, "too_many_files")}
