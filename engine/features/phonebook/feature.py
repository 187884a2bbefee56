"""The phonebook: whose numbers are."""

from engine.features.phonebook.service import Phonebook
from engine.features.phonebook.tables import phonebook
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class PhonebookFeature(Feature):
    """The phonebooks of all accounts."""

    name = "phonebook"
    tables = (phonebook,)

    def __init__(self, platform: Platform) -> None:
        self.services = (Phonebook(platform.database, platform.writer, platform.clock),)
