"""What the menu of a box says, whatever the language (engine.features.voicemail.listening.sentences)."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Phrases(NamedTuple):
    """The sentences of one language. {new} and {old} are numbers; {caller} is digits one by one or `withheld`;
    {when} is `today`, `yesterday` or `on_day`, and {zone} in them is `utc`, or nothing where the box has a time zone.
    """

    ask_number: str
    ask_pin: str
    wrong_pin: str
    too_many: str
    counts: str
    main_menu: str
    no_messages: str
    no_more: str
    new_message: str
    old_message: str
    withheld: str
    today: str
    yesterday: str
    on_day: str
    utc: str
    message_menu: str
    deleted_menu: str
    deleted: str
    undeleted: str
    saved: str
    ask_forward: str
    forwarded: str
    not_forwarded: str
    no_such_box: str
    box_full: str
    options_menu: str
    greeting_all: str
    greeting_busy: str
    greeting_away: str
    greeting_menu: str
    greeting_default: str
    greeting_reset: str
    record_now: str
    review_menu: str
    greeting_kept: str
    greeting_refused: str
    new_pin: str
    new_pin_again: str
    pins_differ: str
    pin_refused: str
    pin_changed: str
    pin_kept: str
    wrong_key: str
    unplayable: str
    goodbye: str

    def said_message(self, caller: str, received: float, now: float, *, read: bool, timezone: str = "UTC") -> str:
        """What introduces a message: who left it, and when, in a time zone (IANA)."""
        sentence = self.old_message if read else self.new_message
        spoken = " ".join(caller.removeprefix("+")) if caller else self.withheld
        return sentence.format(caller=spoken, when=self._when(received, now, timezone))

    def _when(self, received: float, now: float, timezone: str) -> str:
        zone = ZoneInfo(timezone)
        at, today = datetime.fromtimestamp(received, zone), datetime.fromtimestamp(now, zone)
        clock = {
            "hour": f"{at.hour:02}",
            "minute": f"{at.minute:02}",
            "day": str(at.day),
            "month": str(at.month),
            "zone": self.utc if timezone == "UTC" else "",
        }
        days = (today.date() - at.date()).days
        sentence = self.today if days <= 0 else self.yesterday if days == 1 else self.on_day
        return sentence.format(**clock)
