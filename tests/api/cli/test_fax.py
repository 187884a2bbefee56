"""Faxes by the command line."""

from pathlib import Path

from tests.api.cli.running import Run


async def test_the_command_line_sends_lists_fetches_and_names_boxes(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("accounts", "allow", "acme", "+1")
    document = tmp_path / "offer.txt"
    document.write_text("An offer")
    sent = await carillon("fax", "send", "+12015550170", str(document), "--subject", "Offer")
    assert sent.status == 0 and "(1 page)" in sent.output, sent.errors
    id = sent.output.split()[0]
    assert id in (await carillon("fax", "list", "--way", "out")).output
    assert "Offer" in (await carillon("fax", "show", id)).output
    covered = await carillon("fax", "send", "+12015550170", str(document), "--cover", "Dear Bob,\nplease read it.")
    assert covered.status == 0 and "(2 pages)" in covered.output, covered.errors
    assert (await carillon("fax", "remove", covered.output.split()[0])).status == 0
    for name, begins in (("a.pdf", b"%PDF-"), ("a.tif", b"II*\0"), ("a.png", b"\x89PNG")):
        assert (await carillon("fax", "fetch", id, str(tmp_path / name))).status == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    wrong = await carillon("fax", "fetch", id, str(tmp_path / "a.doc"))
    assert wrong.status == 1 and "must end in .pdf" in wrong.errors
    missing = await carillon("fax", "send", "+12015550170", str(tmp_path / "none.pdf"))
    assert missing.status == 1 and "cannot be read" in missing.errors
    assert "fax:office" in (await carillon("fax", "add-box", "office", "--email", "ann@example.com")).output
    assert "ann@example.com" in (await carillon("fax", "boxes")).output
    assert (await carillon("fax", "change-box", "office", "--name", "desk")).status == 0
    assert (await carillon("fax", "remove-box", "desk")).status == 0
    assert (await carillon("fax", "remove", id)).status == 0
    assert "There are no faxes" in (await carillon("fax", "list")).output


async def test_the_command_line_says_where_the_faxes_of_a_number_go(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("fax", "add-box", "office")
    added = await carillon("numbers", "add", "500", "--to", "hangup:busy", "--fax-to", "fax:office")
    assert "500 leads to hangup:busy; faxes go to fax:office." in added.output, added.errors
    assert "fax:office" in (await carillon("numbers", "list")).output
    kept = await carillon("fax", "remove-box", "office")
    assert kept.status == 1 and "the number 500 for faxes leads to it" in kept.errors
    assert "faxes go to fax." in (await carillon("numbers", "set", "500", "--fax-to", "fax")).output
    led = await carillon("numbers", "set", "500", "--to", "hangup", "--fax-to", "")
    assert "500 leads to hangup:rejected.\n" in led.output
    assert "fax" not in (await carillon("numbers", "list")).output
    wrong = await carillon("numbers", "set", "500", "--fax-to", "hangup")
    assert wrong.status == 1 and "fax_to must be a destination of the kind fax" in wrong.errors
    nothing = await carillon("numbers", "set", "500")
    assert nothing.status == 1 and "Give either a destination (to) or an application, or fax_to" in nothing.errors
