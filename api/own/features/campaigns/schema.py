"""Campaigns, their contacts, and the do-not-call lists."""

from typing import Annotated, Literal

from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, Moment, MomentOrNone, Money, Shown, says

PATH = {
    "campaign": "The campaign's id.",
    "contact": "The contact's id, a whole number.",
    "number": "A number of the do-not-call list.",
    "trunk": "The name of a trunk.",
}
NOUNS = ("campaigns", "do-not-call")
STATUSES = (
    "new (not started), queued (waits for its turn), active (is called or texted now), retry (waits for another "
    "attempt), completed, hung_up (before the end of the message), unanswered, busy, machine (it answered, and was "
    "left no message), failed, terminated (the campaign was stopped), opted_out (by the key), or skipped"
)
Outcome = Literal["busy", "unanswered", "failed", "machine"]
_TEXT = "What is spoken or sent; {NAME} is replaced by the contact's tag, {{ and }} are braces; empty: none."
_AUDIO = "The audio file that is played: an http or https URL, or upload:NAME; empty: none."
_PRIORITY = "What a campaign of calls with both plays."
_SPEED = "How fast the text is spoken: 1 as usual, 2 in half the time."
_KIND = "voice (calls) or text (SMS)."
_CALLER = "The number that is shown, or that texts come from; null: the account's default."
_PER_SECOND = "Calls or texts that begin in a second, at most."
_AT_ONCE = "Calls or texts at the same time, at most."
_RETRIES = "Which outcomes are tried again, each once."
_WINDOWS = "When contacts are called, in their own local time; none: at any time."
_ZONE = "The time zone (IANA) of contacts whose number does not say one; empty: they are skipped."
_ZONE_BY_NUMBER = "Whether a contact's time zone is that of its number; false: `zone` is everybody's."
_MACHINE = "What is done if an answering machine answers. play: nothing is detected."
_KEYS = "Whether keys that are pressed during the message are reported."
_KEY_SECONDS = "For how long keys are waited for behind the message, in seconds, 0 to 600."
_OPT_OUT = "The key that puts a number on the account's do-not-call list; empty: none."
_RECORD = "Whether calls are recorded, both sides."
_RING = "How long a contact's phone rings at most, in seconds; null: 60."
_LASTS = "How long a call lasts at most, in seconds; null: as long as calls may."
_RANK = "1 to 9: of two campaigns that want the same places, the higher one gets them."


class CampaignMessage(Given, frozen=True, kw_only=True):
    """What is played or sent."""

    text: Annotated[str, says(_TEXT)] = ""
    audio: Annotated[str, says(_AUDIO)] = ""
    priority: Annotated[Literal["text", "audio"], says(_PRIORITY)] = "text"
    locale: Annotated[str, says("The language of the text, as BCP 47, such as en-US.")] = "en-US"
    voice: Annotated[str | None, says("The name of a voice; null: the one of the locale.")] = None
    speed: Annotated[float, says(_SPEED, minimum=0.5, maximum=2)] = 1.0


class Retry(Given, frozen=True, kw_only=True):
    """A step of the ladder: more attempts after one that ended so."""

    outcome: Annotated[Outcome, says("How the attempt before ended.")]
    times: Annotated[int, says("How many more attempts are made.", minimum=0, maximum=20)]
    wait_seconds: Annotated[float, says("From the end of one to the next, in seconds.", minimum=1, maximum=2_592_000)]


class Window(Given, frozen=True, kw_only=True):
    """Hours in which contacts may be called."""

    days: Annotated[tuple[int, ...], says("1 (Monday) to 7.")] = (1, 2, 3, 4, 5, 6, 7)
    start: Annotated[str, says("HH:MM.")] = "09:00"
    end: Annotated[str, says("HH:MM, not included; 24:00 is midnight.")] = "21:00"


class Options(Given, frozen=True, kw_only=True):
    """How a campaign goes."""

    caller: Annotated[str | None, says(_CALLER)] = None
    per_second: Annotated[float, says(_PER_SECOND, minimum=0.01, maximum=1000)] = 1.0
    at_once: Annotated[int, says(_AT_ONCE, minimum=1, maximum=10_000)] = 10
    retries: Annotated[tuple[Retry, ...], says(_RETRIES)] = ()
    windows: Annotated[tuple[Window, ...], says(_WINDOWS)] = ()
    zone: Annotated[str, says(_ZONE)] = ""
    zone_by_number: Annotated[bool, says(_ZONE_BY_NUMBER)] = True
    machine: Annotated[Literal["hang_up", "leave_message", "play"], says(_MACHINE)] = "play"
    keys: Annotated[bool, says(_KEYS)] = False
    key_seconds: Annotated[float, says(_KEY_SECONDS, minimum=0, maximum=600)] = 5.0
    opt_out_key: Annotated[str, says(_OPT_OUT)] = ""
    record: Annotated[bool, says(_RECORD)] = False
    ring_seconds: Annotated[float | None, says(_RING, minimum=1, maximum=86_400)] = None
    max_seconds: Annotated[float | None, says(_LASTS, minimum=1, maximum=86_400)] = None
    priority: Annotated[int, says(_RANK, minimum=1, maximum=9)] = 5


class ShownMessage(Shown, frozen=True, kw_only=True):
    """What is played or sent."""

    text: Annotated[str, says(_TEXT)]
    audio: Annotated[str, says(_AUDIO)]
    priority: Annotated[str, says(_PRIORITY)]
    locale: Annotated[str, says("The language of the text, as BCP 47, such as en-US.")]
    voice: Annotated[str | None, says("The name of a voice; null: the one of the locale.")]
    speed: Annotated[float, says(_SPEED)]


class ShownRetry(Shown, frozen=True, kw_only=True):
    """A step of the ladder: more attempts after one that ended so."""

    outcome: Annotated[str, says("How the attempt before ended.")]
    times: Annotated[int, says("How many more attempts are made.")]
    wait_seconds: Annotated[float, says("From the end of one to the next, in seconds.")]


class ShownWindow(Shown, frozen=True, kw_only=True):
    """Hours in which contacts may be called."""

    days: Annotated[tuple[int, ...], says("1 (Monday) to 7.")]
    start: Annotated[str, says("HH:MM.")]
    end: Annotated[str, says("HH:MM, not included; 24:00 is midnight.")]


class ShownOptions(Shown, frozen=True, kw_only=True):
    """How a campaign goes."""

    caller: Annotated[str | None, says(_CALLER)]
    per_second: Annotated[float, says(_PER_SECOND)]
    at_once: Annotated[int, says(_AT_ONCE)]
    retries: Annotated[tuple[ShownRetry, ...], says(_RETRIES)]
    windows: Annotated[tuple[ShownWindow, ...], says(_WINDOWS)]
    zone: Annotated[str, says(_ZONE)]
    zone_by_number: Annotated[bool, says(_ZONE_BY_NUMBER)]
    machine: Annotated[str, says(_MACHINE)]
    keys: Annotated[bool, says(_KEYS)]
    key_seconds: Annotated[float, says(_KEY_SECONDS)]
    opt_out_key: Annotated[str, says(_OPT_OUT)]
    record: Annotated[bool, says(_RECORD)]
    ring_seconds: Annotated[float | None, says(_RING)]
    max_seconds: Annotated[float | None, says(_LASTS)]
    priority: Annotated[int, says(_RANK)]


class NewCampaign(Given, frozen=True, kw_only=True):
    """A campaign to make."""

    name: Annotated[str, says("Its name, 1 to 200 characters.")]
    kind: Annotated[Literal["voice", "text"], says(_KIND)] = "voice"
    description: Annotated[str, says("What it is for, at most 2000 characters.")] = ""
    message: Annotated[CampaignMessage, says("What is played or sent; it may also come with the start.")] = (
        CampaignMessage()
    )
    options: Annotated[Options, says("How it goes.")] = Options()


class ChangedCampaign(Given, frozen=True, kw_only=True):
    """What changes of a campaign; what is left out stays. A message and options are replaced as a whole."""

    name: Annotated[str | UnsetType, says("Its name, 1 to 200 characters.")] = UNSET
    kind: Annotated[Literal["voice", "text"] | UnsetType, says(_KIND)] = UNSET
    description: Annotated[str | UnsetType, says("What it is for, at most 2000 characters.")] = UNSET
    message: Annotated[CampaignMessage | UnsetType, says("What is played or sent.")] = UNSET
    options: Annotated[Options | UnsetType, says("How it goes.")] = UNSET


class Campaign(Shown, frozen=True, kw_only=True):
    """A campaign."""

    id: Annotated[str, says("Its id.")]
    account: Annotated[str, says("The account's id; its name in the administrator's API.")]
    serial: Annotated[int, says("Counts the account's campaigns from 1.")]
    name: Annotated[str, says("Its name.")]
    kind: Annotated[str, says(_KIND)]
    description: Annotated[str, says("What it is for.")]
    state: Annotated[
        str,
        says("draft, scheduled, running, paused, stopped (by a request) or ended (nobody is left to call)."),
    ]
    created: Moment
    at: MomentOrNone
    started: MomentOrNone
    ended: MomentOrNone
    reason: Annotated[str | None, says("Why it was paused, if nobody asked for it, as a sentence.")]
    tags: Annotated[tuple[str, ...], says("The names of the tags that its contacts have.")]
    message: Annotated[ShownMessage, says("What is played or sent.")]
    options: Annotated[ShownOptions, says("How it goes.")]
    currency: Annotated[str, says("The currency of its prices, as ISO 4217.")]


class CampaignWithCounts(Campaign, frozen=True, kw_only=True):
    """A campaign, and what became of its contacts."""

    due: MomentOrNone
    contacts: Annotated[int, says("How many contacts it has.")]
    statuses: Annotated[dict[str, int], says(f"How many contacts have each status: {STATUSES}.")]
    seconds: Annotated[float, says("For how long its calls were answered, added up, of the last attempt of each.")]
    price: Money
    held: Money


class Campaigns(Shown, frozen=True, kw_only=True):
    """A page of campaigns."""

    campaigns: Annotated[tuple[Campaign, ...], says("The campaigns, newest first.")]


class NewContact(Given, frozen=True, kw_only=True):
    """Somebody to call."""

    number: Annotated[str, says("The number, as it is written in the account's country.")]
    tags: Annotated[dict[str, str], says("What the message says of it, by name; at most 50.")] = {}  # noqa: RUF012


class NewContacts(Given, frozen=True, kw_only=True):
    """Contacts to add."""

    contacts: Annotated[tuple[NewContact, ...], says("At most 10000.", maxItems=10_000)]


class ChangedContact(Given, frozen=True, kw_only=True):
    """What changes of a contact; what is left out stays."""

    number: Annotated[str | UnsetType, says("The number, as it is written in the account's country.")] = UNSET
    tags: Annotated[dict[str, str] | UnsetType, says("All its tags by name.")] = UNSET


class Contact(Shown, frozen=True, kw_only=True):
    """A contact: a row of the report."""

    id: Annotated[int, says("Its id, unique within the account.")]
    campaign: Annotated[str, says("The campaign's id.")]
    number: Annotated[str, says("Its number: digits with the country code.")]
    tags: Annotated[dict[str, str], says("Its tags by name.")]
    status: Annotated[str, says(f"What became of it: {STATUSES}.")]
    reason: Annotated[str | None, says("Why, in a word or a sentence.")]
    attempts: Annotated[int, says("How often it was called or texted.")]
    due: MomentOrNone
    call: Annotated[str | None, says("The id of the call or text of the last attempt.")]
    called: MomentOrNone
    ended: MomentOrNone
    seconds: Annotated[float | None, says("For how many seconds the last attempt was answered; null: it was not.")]
    playback: Annotated[float | None, says("The share of the message that was played, 0 to 1; null: it did not begin.")]
    digits: Annotated[str, says("The keys that were pressed.")]
    machine: Annotated[bool, says("Whether an answering machine answered.")]
    recording: Annotated[str | None, says("The id of the recording.")]
    price: Money


class Contacts(Shown, frozen=True, kw_only=True):
    """A page of contacts."""

    contacts: Annotated[tuple[Contact, ...], says("The contacts in the order of their ids.")]


class BadContact(Shown, frozen=True, kw_only=True):
    """A contact that was not added."""

    line: Annotated[int, says("Its place in the request, from 1.")]
    number: Annotated[str, says("The number as it was given.")]
    reason: Annotated[str, says("Why not, as a sentence.")]


class AddedContacts(Shown, frozen=True, kw_only=True):
    """What became of contacts that were given."""

    added: Annotated[int, says("How many were added.")]
    duplicates: Annotated[int, says("How many were left out because the campaign has their number.")]
    bad: Annotated[tuple[BadContact, ...], says("Those that were not added because something is wrong with them.")]


class CampaignStart(Given, frozen=True, kw_only=True):
    """Whom to call and when. Without statuses and contacts: those that are new."""

    statuses: Annotated[
        tuple[
            Literal["new", "completed", "hung_up", "unanswered", "busy", "machine", "failed", "terminated", "skipped"],
            ...,
        ],
        says("The contacts of these statuses."),
    ] = ()
    contacts: Annotated[tuple[int, ...], says("The contacts of these ids.", maxItems=10_000)] = ()
    at: Annotated[
        float | str | None,
        says("When it starts: Unix seconds, or a date and a time with an offset as ISO 8601; null: now."),
    ] = None
    message: Annotated[CampaignMessage | None, says("What is played or sent from now on; null: as before.")] = None


class StartedCampaign(Shown, frozen=True, kw_only=True):
    """A campaign that was started or scheduled."""

    campaign: Annotated[Campaign, says("The campaign.")]
    contacts: Annotated[int, says("How many contacts were chosen.")]
    held: Money


class SkippedContacts(Shown, frozen=True, kw_only=True):
    """Contacts that would not be called."""

    reason: Annotated[
        str,
        says(
            "do_not_call, no_time_zone (the number has none, and no zone is set), or no_common_hours (it has several,"
            " in which the windows are never open together)."
        ),
    ]
    contacts: Annotated[int, says("How many.")]
    numbers: Annotated[tuple[str, ...], says("The first ten of their numbers.")]


class CampaignPlan(Shown, frozen=True, kw_only=True):
    """What a start would do; nothing was dialled."""

    contacts: Annotated[int, says("How many contacts are called.")]
    calls: Annotated[int, says("How many calls or texts that takes, retries too, as earlier attempts ended.")]
    begins: MomentOrNone
    ends: MomentOrNone
    per_minute: Annotated[float, says("How many calls begin in a minute, while some do.")]
    message_seconds: Annotated[float, says("How long the message is, in seconds.")]
    price: Money
    currency: Annotated[str, says("The currency of the price, as ISO 4217.")]
    skipped: Annotated[tuple[SkippedContacts, ...], says("Who is not called, by the reason.")]


class NewDoNotCall(Given, frozen=True, kw_only=True):
    """Numbers that no campaign is to call or text."""

    numbers: Annotated[tuple[str, ...], says("At most 10000.", maxItems=10_000)]
    why: Annotated[str, says("A note, at most 200 characters.")] = ""


class DoNotCallEntry(Shown, frozen=True, kw_only=True):
    """A number that no campaign calls or texts."""

    number: Annotated[str, says("Digits with the country code.")]
    at: Moment
    why: Annotated[str, says("A note; key: who has it pressed the key that asks for no more calls.")]


class DoNotCall(Shown, frozen=True, kw_only=True):
    """A page of a do-not-call list."""

    numbers: Annotated[tuple[DoNotCallEntry, ...], says("The entries by number.")]


class AddedDoNotCall(Shown, frozen=True, kw_only=True):
    """What became of numbers that were given."""

    added: Annotated[int, says("How many were not on the list before.")]
    bad: Annotated[tuple[BadContact, ...], says("What is not a number.")]


class NewTrunkLimit(Given, frozen=True, kw_only=True):
    """What the campaigns of all accounts together may take of a trunk."""

    per_second: Annotated[float | None, says("Calls that begin in a second; null: no limit.")] = None
    at_once: Annotated[int | None, says("Calls at the same time; null: no limit.")] = None


class TrunkLimit(Shown, frozen=True, kw_only=True):
    """What the campaigns of all accounts together may take of a trunk."""

    trunk: Annotated[str, says("The trunk's name.")]
    per_second: Annotated[float | None, says("Calls that begin in a second; null: no limit.")]
    at_once: Annotated[int | None, says("Calls at the same time; null: no limit.")]


class TrunkLimits(Shown, frozen=True, kw_only=True):
    """The limits of all trunks that have one."""

    trunks: Annotated[tuple[TrunkLimit, ...], says("By name.")]
