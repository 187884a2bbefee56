"""Sheets: contacts read from spreadsheets and tables of text."""

from engine.features.sheets.reading import Sheets
from engine.platform.feature import Feature


class SheetsFeature(Feature):
    """Reads sheets; engine.features.sheets.writing writes them."""

    name = "sheets"

    def __init__(self) -> None:
        self.services = (Sheets(),)
