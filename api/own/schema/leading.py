"""Numbers, applications, extensions and ring groups, and what they lead to, in the administrator's API."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, Shown, says
from api.own.schema.tasks import AnyTask

ACCOUNT = "The account's name or id."
STRATEGY = "How the members are rung: all at once, or one after the other."
URL = "The URL that is notified or asked."
FALLBACK = "The URL that is asked if the first one fails."
Strategy = Literal["all", "in_order"]


class TaskList(Given, frozen=True, kw_only=True):
    """A fixed list of tasks as a destination."""

    tasks: Annotated[tuple[AnyTask, ...], says("At most 100 tasks, in their order.", maxItems=100)]


Wanted = Annotated[
    str | TaskList | None,
    says('A destination: kind:target such as extension:101, or {"tasks": […]}; null or empty: nowhere.'),
]


class NewApplication(Given, frozen=True, kw_only=True):
    """An application to make or to replace: a fixed list of tasks, or a dialect's with its URLs."""

    account: Annotated[str, says(ACCOUNT)]
    name: Annotated[str, says("Its name within the account.")] = ""
    tasks: Annotated[tuple[AnyTask, ...] | None, says("What its calls do; at most 100 tasks.")] = None
    dialect: Annotated[str | None, says("The dialect that it is of.")] = None
    url: Annotated[str | None, says(URL)] = None
    fallback: Annotated[str | None, says(FALLBACK)] = None


class ChangedUrls(Given, frozen=True, kw_only=True):
    """URLs to change. Null and what is left out stay; an empty one takes it away."""

    url: Annotated[str | None, says(URL)] = None
    fallback: Annotated[str | None, says(FALLBACK)] = None


FAX_TO = "Where calls for it go whose party is a fax machine: a destination of the kind fax, such as fax:office."


class NewNumber(Given, frozen=True, kw_only=True):
    """A number for an account, with exactly one of: `to`, `application`, `tasks` or `url`, `unassigned`."""

    number: Annotated[str, says("The number, a short code, or 2 to 6 digits for softphones.")]
    account: Annotated[str, says(ACCOUNT)]
    capability: Annotated[str, says("What is led there: voice (calls) or sms (texts).")] = "voice"
    to: Wanted = None
    application: Annotated[str | None, says("The name of an application of the account.")] = None
    unassigned: Annotated[bool, says("Whether it leads nowhere as yet.")] = False
    replace: Annotated[bool, says("Whether the account may have the number already.")] = False
    fax_to: Annotated[str | None, says(FAX_TO)] = None
    tasks: Annotated[
        tuple[AnyTask, ...] | None, says("The tasks of an application that is made for it; at most 100.")
    ] = None
    dialect: Annotated[str | None, says("The dialect of an application that is made for it.")] = None
    url: Annotated[str | None, says(f"For an application that is made for it: {URL}")] = None
    fallback: Annotated[str | None, says(f"For an application that is made for it: {FALLBACK}")] = None


class Assignment(Given, frozen=True, kw_only=True):
    """What changes of what a number leads to: one of `to` and `application`, `fax_to`, or both. The rest stays."""

    to: Wanted | UnsetType = UNSET
    application: Annotated[
        str | UnsetType | None, says("The name of an application of the account; null: nowhere.")
    ] = UNSET
    capability: Annotated[str, says("What is led there: voice (calls) or sms (texts).")] = "voice"
    fax_to: Annotated[str | UnsetType | None, says(f"{FAX_TO} Null or empty: nowhere.")] = UNSET


class ChangedGroup(Given, frozen=True, kw_only=True):
    """What changes of a ring group. What is left out stays."""

    account: Annotated[str, says(ACCOUNT)]
    members: Annotated[tuple[str, ...] | None, says("1 to 20 extensions and numbers.")] = None
    strategy: Annotated[Strategy | None, says(STRATEGY)] = None
    seconds: Annotated[float | None, says("How long they ring in all, 1 to 600 seconds.")] = None
    seconds_each: Annotated[float | None, says("How long each rings if they ring in order, 1 to 600 seconds.")] = None
    otherwise: Annotated[Wanted | UnsetType, says("Where a call goes that nobody answers; null: it ends.")] = UNSET


class NewGroup(ChangedGroup, frozen=True, kw_only=True):
    """A ring group to add."""

    name: Annotated[str, says("Its name within the account.")]


class Leads(Shown, frozen=True, kw_only=True):
    """A destination. Each kind has further fields of its own, such as `tasks`."""

    kind: Annotated[str, says("Its kind, such as extension.")]
    text: Annotated[str, says("It as a request gives it: kind:target.")]
    target: Annotated[str, says("What it names.")]


class ApplicationFields(Shown, frozen=True, kw_only=True):
    """An application."""

    id: Annotated[str, says("Its id.")]
    account: Annotated[str, says("The account's id; its name in lists.")]
    name: Annotated[str, says("Its name within the account.")]
    dialect: Annotated[str | None, says("The dialect that it is of; null: a fixed list of tasks.")]
    settings: Annotated[dict[str, Any], says("The dialect's settings, such as its URLs.")]
    tasks: Annotated[tuple[dict[str, Any], ...] | None, says("Its tasks, secrets masked; null: it is a dialect's.")]


class ListedApplication(ApplicationFields, frozen=True, kw_only=True, omit_defaults=True):
    """An application."""

    key: Annotated[str, says("Its key; only if it has one of its own.")] = ""


class Applications(Shown, frozen=True, kw_only=True):
    """All applications."""

    applications: Annotated[tuple[ListedApplication, ...], says("The applications, by their accounts' names.")]


class Application(ApplicationFields, frozen=True, kw_only=True):
    """An application. If it has a key of its own, its key and secret are further fields in its dialect's words."""

    numbers: Annotated[tuple[str, ...], says("The numbers that lead to it.")]


class Number(Shown, frozen=True, kw_only=True):
    """A number."""

    number: Annotated[str, says("The number in digits.")]
    account: Annotated[str, says("The account's name.")]
    capability: Annotated[str, says("What is led there: voice or sms.")]
    application: Annotated[ApplicationFields | None, says("The application that it leads to.")]
    leads_to: Annotated[Leads | None, says("Where it leads; null: nowhere.")]
    fax_to: Annotated[Leads | None, says("Where calls for it go whose party is a fax machine; null: nowhere.")]


class NumberList(Shown, frozen=True, kw_only=True):
    """All numbers."""

    numbers: Annotated[tuple[Number, ...], says("One entry for each capability.")]


class Group(Shown, frozen=True, kw_only=True):
    """A ring group."""

    name: Annotated[str, says("Its name within the account.")]
    account: Annotated[str, says("The account's name.")]
    members: Annotated[tuple[str, ...], says("Extensions and numbers.")]
    strategy: Annotated[Strategy, says(STRATEGY)]
    seconds: Annotated[float, says("How long they ring in all, in seconds.")]
    seconds_each: Annotated[float, says("How long each rings if they ring in order, in seconds.")]
    otherwise: Annotated[Leads | None, says("Where a call goes that nobody answers; null: it ends.")]


class GroupList(Shown, frozen=True, kw_only=True):
    """All ring groups."""

    groups: Annotated[tuple[Group, ...], says("The groups, by their accounts.")]
