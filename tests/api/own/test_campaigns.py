"""Files of campaigns in our own API: contacts that are read, reports that are written."""

import io
from typing import Any

import openpyxl

from tests.api.own.installation import Installation

CSV = "Name;Phone\nAnn;+1 201 555 0101\nBob;not a number\nAnn again;12015550101\n=cmd();2015550102\n".encode("utf-16")


class Customer:
    """An account with a campaign."""

    def __init__(self, installation: Installation, token: str, campaign: str) -> None:
        self._installation, self._token = installation, token
        self.path = f"/carillon/v1/campaigns/{campaign}"

    @classmethod
    async def of(cls, installation: Installation, name: str) -> "Customer":
        token = (await installation.account(name))["carillon"]["token"]
        body = {"name": "spring", "message": {"text": "Hello {Name}"}}
        _, made = await installation.ask(installation.public_server, "POST", "/carillon/v1/campaigns", token, body)
        return cls(installation, token, made["id"])

    async def send(self, data: bytes, path: str | None = None) -> tuple[int, Any]:
        """Send a file of contacts."""
        url = self._installation.public_server.make_url((path or self.path) + "/contacts/file")
        async with self._installation.session.post(url, data=data, headers=self._headers) as answer:
            return answer.status, await answer.json()

    async def report(self, kind: str) -> tuple[int, str, bytes]:
        """Fetch the report."""
        url = self._installation.public_server.make_url(f"{self.path}/report?format={kind}")
        async with self._installation.session.get(url, headers=self._headers) as answer:
            return answer.status, answer.content_type, await answer.read()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


async def test_a_file_of_any_encoding_fills_a_campaign_and_says_which_lines_are_no_contact(
    installation: Installation,
) -> None:
    customer = await Customer.of(installation, "acme")
    status, found = await customer.send(CSV)
    assert (status, found["added"], found["duplicates"]) == (200, 2, 1)
    assert [each["line"] for each in found["bad"]] == [3] and "only digits" in found["bad"][0]["reason"]
    status, found = await customer.send(CSV)
    assert (status, found["added"], found["duplicates"]) == (200, 0, 3)


async def test_a_report_is_a_file_whose_values_are_no_formulas(installation: Installation) -> None:
    customer = await Customer.of(installation, "acme")
    await customer.send(CSV)
    status, kind, content = await customer.report("xlsx")
    assert status == 200 and kind.endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[header.index("number")] for row in rows] == ["12015550101", "12015550102"]
    assert sheet.cell(3, header.index("Name") + 1).data_type == "s"
    status, kind, content = await customer.report("csv")
    lines = content.decode("utf-8-sig").splitlines()
    assert (status, kind, len(lines)) == (200, "text/csv", 3) and "'=cmd()" in lines[2]
    assert (await customer.report("pdf"))[0] == 400


async def test_a_file_that_is_no_table_is_refused_with_a_sentence(installation: Installation) -> None:
    customer = await Customer.of(installation, "acme")
    for data in (b"", b"PK\x03\x04 no archive", b"Name\nAnn\n"):
        status, found = await customer.send(data)
        assert status == 400 and found["code"] == "invalid_setting" and found["error"].endswith("."), found


async def test_a_campaign_of_another_account_reads_like_one_that_is_not_there(installation: Installation) -> None:
    customer, other = await Customer.of(installation, "acme"), await Customer.of(installation, "other")
    assert (await other.send(CSV, customer.path))[0] == 404
    assert (await other.send(CSV, "/carillon/v1/campaigns/none"))[0] == 404
