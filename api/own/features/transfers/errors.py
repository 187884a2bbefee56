"""What can be wrong with transfers."""

from engine.commands import NotTransferable

ERRORS = {NotTransferable: (409, "not_transferable")}
