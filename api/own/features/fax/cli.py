"""carillon fax"""

from pathlib import Path
from typing import Literal

from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli, present
from api.cli.files import save

_COLUMNS = ("id", "way", "state", "number", "own", "pages", "confirmed", "attempts", "created", "error")
_SPARE = ("own", "attempts", "confirmed")
_ENDINGS = {".pdf": "pdf", ".tif": "tiff", ".tiff": "tiff", ".png": "png"}
Way = Literal["in", "out"]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = FaxCommands(cli)
    app = App(name="fax", help="Faxes: send, list and fetch them; boxes that they come into.")
    app.command(noun.send)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.fetch)
    app.command(noun.retry)
    app.command(noun.remove)
    app.command(noun.boxes)
    app.command(noun.add_box)
    app.command(noun.change_box)
    app.command(noun.remove_box)
    return app


class FaxCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def send(
        self,
        number: str,
        document: Path,
        *,
        account: str | None = None,
        sender: str | None = None,
        from_name: str | None = None,
        to_name: str | None = None,
        subject: str | None = None,
        cover: str | None = None,
        email: tuple[str, ...] | None = None,
        at: str | None = None,
        retries: int | None = None,
        header: bool = True,
    ) -> None:
        """Send a document to a fax machine.

        Parameters
        ----------
        document
            A PDF, TIFF, PNG, JPEG or text in UTF-8.
        sender
            The number that is shown, one of the account's.
        cover
            The text of a cover page, which has names, numbers, subject, date and the number of pages as well.
        email
            Where the result is sent to; give it once for each address.
        at
            When it is sent, such as 2030-01-31T18:00:00Z; at once without it.
        retries
            How often it is tried again at most; 4 without it.
        header
            Write date, sender and page at the top of each page.
        """
        try:
            content = document.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{document} cannot be read: {error.strerror}.") from error
        admin, base = self._cli.admin, self._path(account)
        uploaded = admin.upload(f"{base}/files", content, name=document.name)
        body = {"to": number, "file": uploaded["id"], "header": header}
        body |= present(sender=sender, from_name=from_name, to_name=to_name, subject=subject, at=at, retries=retries)
        body |= present(cover=cover, emails=None if email is None else list(email))
        fax = admin.post(f"{base}/faxes", body)
        self._cli.output.done(fax, f"{fax['id']} ({fax['pages']} {'page' if fax['pages'] == 1 else 'pages'})")

    def list_all(self, *, account: str | None = None, way: Way | None = None, limit: int = 50) -> None:
        """List faxes, newest first."""
        found = self._cli.admin.get(f"{self._path(account)}/faxes", limit=str(limit), way=way)["faxes"]
        self._cli.output.table(found, found, _COLUMNS, "There are no faxes.", spare=_SPARE)

    def show(self, fax: str, *, account: str | None = None) -> None:
        """Show a fax with its calls."""
        self._cli.output.fields(self._cli.admin.get(f"{self._path(account)}/faxes/{part(fax)}"))

    def fetch(self, fax: str, file: Path | None = None, *, account: str | None = None) -> None:
        """Save a fax as a PDF or, if the file's name says so, as a TIFF, or its first page as a PNG."""
        to = file or Path(f"{fax}.pdf")
        if (form := _ENDINGS.get(to.suffix.lower())) is None:
            raise CommandFailed(f"The file's name must end in .pdf, .tif or .png (got {to.name!r}).")
        path = f"{self._path(account)}/faxes/{part(fax)}/document?format={form}"
        save(to, self._cli.admin.file(path)[0])
        self._cli.output.done({"file": str(to)}, f"{to}")

    def retry(self, fax: str, *, account: str | None = None) -> None:
        """Send a fax again that has failed."""
        again = self._cli.admin.post(f"{self._path(account)}/faxes/{part(fax)}/retry", {})
        self._cli.output.done(again, f"{fax} is sent again.")

    def remove(self, fax: str, *, account: str | None = None) -> None:
        """Delete a fax; one that waits is not sent any more."""
        self._cli.admin.delete(f"{self._path(account)}/faxes/{part(fax)}")
        self._cli.output.done({"fax": fax}, f"{fax} is deleted.")

    def boxes(self, *, account: str | None = None) -> None:
        """List fax boxes; a number leads to one as fax:NAME."""
        found = self._cli.admin.get(f"{self._path(account)}/fax-boxes")["boxes"]
        rows = [row | {"emails": ", ".join(row["emails"])} for row in found]
        self._cli.output.table(found, rows, ("name", "emails", "id", "created"), "There are no fax boxes.")

    def add_box(self, name: str, *, account: str | None = None, email: tuple[str, ...] = ()) -> None:
        """Add a fax box.

        Parameters
        ----------
        email
            Where its faxes are sent on to; give it once for each address.
        """
        body = {"name": name, "emails": list(email)}
        box = self._cli.admin.post(f"{self._path(account)}/fax-boxes", body)
        self._cli.output.done(box, f"{box['name']} is a fax box: let a number lead to fax:{box['name']}.")

    def change_box(
        self, box: str, *, account: str | None = None, name: str | None = None, email: tuple[str, ...] | None = None
    ) -> None:
        """Change a fax box: its name, or all of its addresses."""
        body = present(name=name, emails=None if email is None else list(email))
        changed = self._cli.admin.ask("PATCH", f"{self._path(account)}/fax-boxes/{part(box)}", body=body)
        self._cli.output.fields(changed)

    def remove_box(self, box: str, *, account: str | None = None) -> None:
        """Remove a fax box; its faxes stay."""
        self._cli.admin.delete(f"{self._path(account)}/fax-boxes/{part(box)}")
        self._cli.output.done({"box": box}, f"{box} is removed.")

    def _path(self, account: str | None) -> str:
        return f"/accounts/{part(self._cli.account(account))}"
