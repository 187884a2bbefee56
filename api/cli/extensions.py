"""carillon extensions"""

from pathlib import Path
from typing import Any, Literal

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, destination_of, present
from api.cli.qr import print_qr, save_qr
from api.cli.secrets import GivenFile, password_of

Dtmf = Literal["auto", "auto_info", "rfc4733", "info", "inband"]
Records = Literal["never", "in", "out", "both"]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = ExtensionCommands(cli)
    app = App(name="extensions", help="Softphones: SIP users that register here.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.set)
    app.command(noun.phones)
    app.command(noun.remove)
    return app


class ExtensionCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        number: str,
        *,
        name: str = "",
        account: str | None = None,
        password: str | None = None,
        password_file: GivenFile = None,
        application: str | None = None,
        owner: str | None = None,
        max_contacts: int = 5,
        webrtc: bool = False,
        srtp: Literal["optional", "required"] = "optional",
        dtmf: Dtmf = "auto",
        codecs: str = "",
        outbound_caller: str = "",
        record_external: Records = "never",
        record_internal: Records = "never",
    ) -> None:
        """Add an extension and print the settings for its softphone.

        The softphone registers with the user that is printed: the number or, if another account has or had a user of
        that name, the number with a random suffix, e.g. 101-k7m3qd.

        Parameters
        ----------
        number
            2 to 6 digits, unique within the account.
        password
            The SIP password; without it a random one is made. Other users of this machine see it in the list of
            processes: --password-file does not show it.
        password_file
            A file whose first line is the password; - is standard input.
        application
            An application whose server decides what each call of this phone does (a data client, in some APIs).
        owner
            The user whose phone it is, by e-mail address; texts and calls that lead to the user reach it.
        max_contacts
            How many phones may be registered at once, 1 to 10: all of them ring.
        webrtc
            Browsers may register too, as many as phones.
        srtp
            Encryption of the sound: optional, or required of each phone (one without it has no calls).
        dtmf
            How its phones send digits: auto (RFC 4733, else tones), auto_info (RFC 4733, else SIP INFO), rfc4733, info
            or inband.
        codecs
            Codecs in their order, of ulaw, alaw, g722 and opus, such as g722,ulaw; without it ulaw,alaw,g722, and opus
            first for browsers.
        outbound_caller
            The number that its calls to numbers outside show: one that the account owns or has verified.
        record_external
            Which of its calls with numbers outside are recorded: never, in (it takes), out (it makes) or both.
        record_internal
            The same for its calls with extensions of the account.
        """
        body: dict[str, object] = {
            "number": number,
            "name": name,
            "account": self._cli.account(account),
            "password": password_of(password, password_file),
        }
        body |= {"application": application, "owner": owner, "max_contacts": max_contacts, "webrtc": webrtc}
        body |= {"srtp": srtp, "dtmf": dtmf, "codecs": codecs, "outbound_caller": outbound_caller}
        body |= {"record_external": record_external, "record_internal": record_internal}
        self._cli.output.fields(self._cli.admin.post("/extensions", body))

    def list_all(self, *, account: str | None = None) -> None:
        """List all extensions, or those of an account, and whether their phones are registered (online)."""
        found = self._cli.admin.get("/extensions", account=account)["extensions"]
        columns = ("number", "name", "account", "user", "owner", "application", "state")
        spare = ("application", "owner", "name", "user")
        self._cli.output.table(found, found, columns, "There are no extensions.", spare=spare)

    def show(self, number: str, *, account: str | None = None, qr: bool = False, qr_file: Path | None = None) -> None:
        """Print the settings for an extension's softphone.

        Parameters
        ----------
        account
            The account of the extension; needed if several accounts have that number.
        qr
            Print its SIP URI, with the password, as a QR code too.
        qr_file
            Write that QR code into a file: NAME.png or NAME.svg.
        """
        shown = self._cli.admin.get(f"/extensions/{part(number)}/credentials", account=account)
        if qr_file is not None:
            save_qr(shown["uri"], qr_file)
        calls = self._cli.admin.get(f"/extensions/{part(number)}", account=account)
        self._cli.output.fields({**shown, "state": calls["state"], "calls": _takes(calls)})
        if qr:
            print_qr(shown["uri"])

    def phones(
        self,
        number: str,
        *,
        account: str | None = None,
        name: str | None = None,
        max_contacts: int | None = None,
        webrtc: bool | None = None,
        srtp: Literal["optional", "required"] | None = None,
        dtmf: Dtmf | None = None,
        codecs: str | None = None,
        outbound_caller: str | None = None,
        record_external: Records | None = None,
        record_internal: Records | None = None,
        password: str | None = None,
        password_file: GivenFile = None,
    ) -> None:
        """Set an extension's name, its phones and their media, and which number its calls show and which are recorded.

        Options left out stay as they are.

        Parameters
        ----------
        name
            The name that is shown.
        max_contacts
            How many phones may be registered at once, 1 to 10; with --webrtc as many browsers. All of them ring.
        webrtc
            Whether browsers may register (--no-webrtc: they may not).
        srtp
            Encryption of the sound: optional, or required of each phone (one without it has no calls).
        dtmf
            How its phones send digits: see `add`.
        codecs
            Codecs in their order: see `add`; "" for the usual ones.
        outbound_caller
            The number that its calls to numbers outside show: see `add`; "" for the account's first one.
        record_external
            Which of its calls with numbers outside are recorded: see `add`.
        record_internal
            The same for its calls with extensions of the account.
        password
            A new SIP password, with which all phones register anew: see `add`.
        password_file
            A file whose first line is the password; - is standard input.
        """
        body = present(
            account=account,
            name=name,
            max_contacts=max_contacts,
            webrtc=webrtc,
            srtp=srtp,
            dtmf=dtmf,
            codecs=codecs,
            outbound_caller=outbound_caller,
            record_external=record_external,
            record_internal=record_internal,
            password=password_of(password, password_file),
        )
        self._cli.output.fields(self._cli.admin.ask("PATCH", f"/extensions/{part(number)}/phones", body=body))

    def set(
        self,
        number: str,
        *,
        account: str | None = None,
        always: str | None = None,
        no_answer: str | None = None,
        busy: str | None = None,
        unregistered: str | None = None,
        do_not_disturb: bool | None = None,
        call_waiting: bool | None = None,
        ring_seconds: float | None = None,
        owner: str | None = None,
    ) -> None:
        """Set which calls an extension takes, where the others go, and whose it is.

        Options left out stay as they are; "" removes one.

        Parameters
        ----------
        always
            The same as no_answer for every call: the phone does not ring.
        no_answer
            A destination such as extension:102, group:NAME or forward:+12015550100, for calls that are not answered.
        busy
            The same for calls that are declined, or find the extension busy.
        unregistered
            The same for calls while no phone is registered.
        do_not_disturb
            Be busy for all callers.
        call_waiting
            Ring while the extension is in a call; with --no-call-waiting it is busy then.
        ring_seconds
            How long the extension rings, in seconds; 0: as long as a call may ring.
        owner
            The user whose phone it is, by e-mail address.
        """
        body = present(
            account=account,
            always=destination_of(always),
            no_answer=destination_of(no_answer),
            busy=destination_of(busy),
            unregistered=destination_of(unregistered),
            do_not_disturb=do_not_disturb,
            call_waiting=call_waiting,
            ring_seconds=ring_seconds,
            owner=owner,
        )
        shown = self._cli.admin.ask("PATCH", f"/extensions/{part(number)}", body=body)
        self._cli.output.done(shown, f"{shown['number']}: {_takes(shown)}")

    def remove(self, number: str, *, account: str | None = None) -> None:
        """Remove an extension.

        Parameters
        ----------
        account
            The account of the extension; needed if several accounts have that number.
        """
        self._cli.admin.delete(f"/extensions/{part(number)}", account=account)
        self._cli.output.done({"removed": number}, f"The extension {number} was removed.")


def _takes(shown: dict[str, Any]) -> str:
    """Say which calls an extension takes, where the others go, and whose it is."""
    leading = [
        f"{words} to {shown[reason]['text']}"
        for reason, words in (
            ("always", "all calls go"),
            ("no_answer", "unanswered calls go"),
            ("busy", "busy calls go"),
            ("unregistered", "calls without a phone go"),
        )
        if shown[reason]
    ]
    said = [", ".join(leading) or "no call is forwarded"]
    said += ["it is not to be disturbed"] if shown["do_not_disturb"] else []
    said += [] if shown["call_waiting"] else ["it takes one call at a time"]
    said += [f"it rings for {shown['ring_seconds']:g} s"] if shown["ring_seconds"] else []
    said += [f"it belongs to {shown['owner']}"] if shown["owner"] else []
    return "; ".join(said) + "."
