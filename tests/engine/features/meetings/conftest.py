"""The services of rooms and meetings on each database."""

import pytest

from engine.features.meetings.feature import MeetingsFeature
from engine.features.meetings.service import MeetingService
from engine.features.rooms.service import RoomService
from engine.platform.feature import Features
from engine.platform.platform import Platform
from tests.engine.features.rooms.conftest import account, clock, database, features, other, rooms, writer

__all__ = ["account", "clock", "database", "features", "other", "rooms", "writer"]


@pytest.fixture
def meetings_feature(features: Features, rooms: RoomService) -> MeetingsFeature:
    """The feature, beside that of rooms."""
    platform: Platform = features._platform
    return features.add(MeetingsFeature(platform, rooms))


@pytest.fixture
def meetings(meetings_feature: MeetingsFeature, features: Features) -> MeetingService:
    """The service."""
    return features[MeetingService]
