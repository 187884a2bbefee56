"""What can be wrong with rooms."""

from engine.features.rooms.model import TooManyRooms

ERRORS = {TooManyRooms: (429, "limit_reached")}
