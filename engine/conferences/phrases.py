"""What a conference that an admin leads says, by language."""

from engine.tasks.say import Say

_ENGLISH = {
    "waits": "The conference has not begun. Please wait for its host.",
    "locked": "The conference is locked. Goodbye.",
    "full": "The conference is full. Goodbye.",
    "joined": "{name} has joined.",
    "left": "{name} has left.",
    "somebody": "A caller",
    "number": "The caller ending in {digits}",
    "muted": "You are muted.",
    "unmuted": "You are not muted any more.",
    "host_only": "Only the host can do that.",
    "muted_by_host": "The host has muted you.",
    "alone": "You are alone in the conference.",
    "count": "There are {count} people in the conference.",
    "lock": "The conference is locked.",
    "unlock": "The conference is open.",
    "mute_all": "All but the host are muted.",
    "unmute_all": "All can speak.",
    "not_done": "That could not be done now. Please try again.",
    "help": "For the number of people press {key} 2. To mute or unmute yourself press {key} 1.",
    "help_host": "To lock or open the conference press {key} 3. To mute all others press {key} 4. "
    "To end the conference press {key} 9.",
    "star": "star",
    "pound": "pound",
}
_GERMAN = {
    "waits": "Die Konferenz hat noch nicht begonnen. Bitte warten Sie auf den Leiter.",
    "locked": "Die Konferenz ist geschlossen. Auf Wiederhören.",
    "full": "Die Konferenz ist voll. Auf Wiederhören.",
    "joined": "{name} ist beigetreten.",
    "left": "{name} hat die Konferenz verlassen.",
    "somebody": "Ein Anrufer",
    "number": "Der Anrufer mit den Endziffern {digits}",
    "muted": "Sie sind stumm geschaltet.",
    "unmuted": "Sie sind wieder zu hören.",
    "host_only": "Das kann nur der Leiter.",
    "muted_by_host": "Der Leiter hat Sie stumm geschaltet.",
    "alone": "Sie sind allein in der Konferenz.",
    "count": "In der Konferenz sind {count} Personen.",
    "lock": "Die Konferenz ist geschlossen.",
    "unlock": "Die Konferenz ist offen.",
    "mute_all": "Alle außer dem Leiter sind stumm geschaltet.",
    "unmute_all": "Alle können sprechen.",
    "not_done": "Das ist gerade nicht möglich. Bitte versuchen Sie es noch einmal.",
    "help": "Für die Zahl der Personen drücken Sie {key} 2. Um sich stumm zu schalten, drücken Sie {key} 1.",
    "help_host": "Um die Konferenz zu schließen oder zu öffnen, drücken Sie {key} 3. Um alle anderen stumm zu "
    "schalten, drücken Sie {key} 4. Um die Konferenz zu beenden, drücken Sie {key} 9.",
    "star": "Stern",
    "pound": "Raute",
}
_BY_LANGUAGE = {"en": _ENGLISH, "de": _GERMAN}
LANGUAGES = tuple(sorted(_BY_LANGUAGE))
"""The languages (BCP 47, without a region) that a conference speaks."""


def text(language: str, phrase: str, **values: object) -> str:
    """Return a phrase in a locale's language, in English where that has none."""
    phrases = _BY_LANGUAGE.get(language.partition("-")[0].lower(), _ENGLISH)
    return phrases[phrase].format(**values)


def said(language: str, *phrases: str, **values: object) -> Say:
    """Return phrases in one announcement."""
    return Say(text=" ".join(text(language, phrase, **values) for phrase in phrases), locale=language)
