"""A company is set up by REST alone; the document's samples run as they are printed."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.ringplan.conftest import Company
from tests.fakes.mail_box import MailBox
from tests.support.carillon import Admin, Command
from tests.support.invitations import link_in
from tests.support.mails import mails
from tests.support.system import System

__all__ = ["mails"]
SAMPLES = r"""
import requests
API_URL = '{url}'
API_KEY = '{key}'
headers = {{
    'Accept': 'application/json',
    'Authorization': 'Bearer ' + API_KEY,
    'X-User-Id': 'primary'
}}
request = requests.get(API_URL + '/system/company', headers = headers)
print(request.status_code, request.json()['name'])
headers['X-User-Id'] = 'primary'
body = {{
    'name': 'New Company',
    'email': 'new@example.net'
}}
request = requests.patch(API_URL + '/company', headers = headers, json = body)
print(request.status_code, request.json()['name'])
query = {{
    'work_email': 'sales@example.com'
}}
request = requests.get(API_URL + '/system/company/contacts', headers = headers, params = query)
print(request.status_code, request.text)
headers['X-User-Id'] = 'primary'
body = {{
    'first_name': 'Jane',
    'contacts': {{
        'email': 'janedoe@example.com'
    }}
}}
request = requests.post(API_URL + '/company/contacts', headers = headers, json = body)
print(request.status_code, request.json()['first_name'])
contact_id = request.json()['id']
headers['X-User-Id'] = contact_id
body = {{
    'emergency_contact_number': '15554441234',
    'last_name': 'Smith'
}}
request = requests.patch(API_URL + '/company/contacts/' + contact_id, headers = headers, json = body)
print(request.status_code, request.json()['last_name'])
headers['X-User-Id'] = 'primary'
request = requests.delete(API_URL + '/company/contacts/' + contact_id, headers = headers)
print(request.status_code, request.json()['first_name'])
request = requests.get(API_URL + '/company/locations', headers = headers)
print(request.status_code, request.json()[0]['name'])
body = {{
    'name': 'Second Location',
    'country': 'United States',
    'state': 'California',
    'city': 'Carlsbad',
    'zip': '92008',
    'company_id': '611ced1255c44a89f8df7cc0'
}}
headers['X-User-Id'] = 'primary'
request = requests.post(API_URL + '/company/locations', headers = headers, json = body)
print(request.status_code, request.json()['city'])
location_id = request.json()['id']
headers['X-User-Id'] = 'primary'
body = {{
    'name': 'Old Location'
}}
request = requests.patch(API_URL + '/company/locations/' + location_id, \
    headers = headers, json = body)
print(request.status_code, request.json()['name'])
headers['X-User-Id'] = 'primary'
request = requests.delete(API_URL + '/company/locations/' + location_id, headers = headers)
print(request.status_code, request.json()['name'])
request = requests.get(API_URL + '/instances', headers = headers)
print(request.status_code, request.json()[0]['uuid'])
request = requests.get(API_URL + '/webhooks/callbacks/url', headers = headers)
print(request.status_code, request.json()['url'])
body = {{
    'url': 'https://www.example.com'
}}
request = requests.put(API_URL + '/webhooks/callbacks/url', headers = headers, json = body)
print(request.status_code, request.json()['url'])
body = {{
    'type': 'texting.message.inbound'
}}
request = requests.post(API_URL + '/webhooks/callbacks', headers = headers, json = body)
print(request.status_code, request.json()['type'])
request = requests.get(API_URL + '/webhooks/callbacks', headers = headers)
print(request.status_code, request.json()[0]['type'])
webhook_event_id = request.json()[0]['id']
request = requests.delete(API_URL + '/webhooks/callbacks/' + webhook_event_id, headers = headers)
print(request.status_code, request.json()['type'])
"""
"""The document's samples of these operations, one after the other, with host, key and ids replaced."""


async def test_the_document_s_samples_run_as_they_are_printed(company: Company, system: System, tmp_path: Path) -> None:
    script = tmp_path / "samples.py"
    script.write_text(SAMPLES.format(url=system.api, key=company.api.token))
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        f"200 {company.account.name}", "200 New Company", "204 ", "201 Jane", "200 Smith", "200 Jane",
        "200 Main location", "201 Carlsbad", "200 Old Location", "200 Old Location", f"200 {company.instance}",
        "200 None", "200 https://www.example.com", "201 texting.message.inbound", "200 texting.message.inbound",
        "200 texting.message.inbound",
    ]  # fmt: skip


async def test_a_company_is_an_account_whose_users_are_its_contacts(
    company: Company, admin: Admin, carillon: Command
) -> None:
    made = await company.api.ok(
        "POST", "/company/contacts", {"first_name": "Jane", "contacts": {"email": "jane@example.com"}}, status=201
    )
    users = (await admin.ask("GET", f"accounts/{company.account.name}/users"))["users"]
    assert [(user["id"], user["email"], user["role"]) for user in users] == [(made["id"], "jane@example.com", "member")]
    added = await carillon("users", "add", "olga@example.com", "--account", company.account.name, "--role", "owner")
    assert "olga@example.com" in added
    contacts = await company.api.ok("GET", "/company/contacts")
    assert {each["contacts"]["email"] for each in contacts} == {"jane@example.com", "olga@example.com"}
    assert (await company.api.ok("GET", "/company"))["employees"] == 2


async def test_a_contact_is_invited_and_shown_as_accepted_once_it_chose_a_password(
    company: Company, mails: MailBox
) -> None:
    email = f"jane@{company.account.name}.example.com"
    await company.api.ok("PATCH", "/company", {"name": "Acme Corp"})
    jane = await company.api.ok("POST", "/company/contacts", {"contacts": {"email": email}}, status=201)
    mail = await mails.next(email)
    assert jane["invitation"]["status"] == "pending" and mail["Subject"] == "Invitation to Acme Corp"
    form = {"password": "correct horse battery", "again": "correct horse battery"}
    async with company.own.session.post(link_in(mail), data=form) as answer:
        assert answer.status == 200, await answer.text()
    shown = await company.api.ok("GET", f"/company/contacts/{jane['id']}")
    assert shown["invitation"]["status"] == "accepted" and shown["invitation"]["accepted_at"] and shown["activated"]


async def test_another_company_s_ids_read_like_ids_that_are_not_there(company: Company, other: Company) -> None:
    jane = await company.api.ok("POST", "/company/contacts", {"contacts": {"email": "j@example.com"}}, status=201)
    (place,) = await company.api.ok("GET", "/company/locations")
    event = await company.api.ok("POST", "/webhooks/callbacks", {"type": "call.action.hangup"}, status=201)
    for path, id in (
        ("/company/contacts", jane["id"]),
        ("/company/locations", place["id"]),
        ("/webhooks/callbacks", event["id"]),
    ):
        theirs = await other.api.failed("DELETE", f"{path}/{id}", 404)
        nobodys = await other.api.failed("DELETE", f"{path}/nothing", 404)
        assert re.sub(re.escape(id), "nothing", theirs) == nobodys
    await other.api.acting(jane["id"]).failed("GET", "/company", 401)


@pytest.mark.parametrize("path", ["/company", "/system/company/contacts", "/instances/", "/webhooks/callbacks/url"])
async def test_without_a_key_every_path_is_a_401_in_the_document_s_form(company: Company, path: str) -> None:
    async with company.api.session.get(company.api.base + path) as answer:
        body = await answer.json()
    assert (answer.status, body["status"], body["title"]) == (401, 401, "Unauthorized") and body["detail"]


async def test_what_is_nowhere_is_a_404_in_the_document_s_form(company: Company) -> None:
    assert "nothing at this address" in await company.api.failed("GET", "/company/nothing", 404)
    assert "that method" in await company.api.failed("POST", "/instances", 405, {})
