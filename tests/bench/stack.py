"""The bench's own system: started, given an account, numbers and the baselines' dialplan, measured, taken down."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import proc
from tests.support.sip_caller import write_wav

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
ALL_CHANNELS = "__AST_CHANNEL_ALL_TOPIC"
SERVICES = ("redis", "asterisk", "carillon")
CALLER = "127.0.0.66"
MEDIA = "/var/lib/carillon/media"
PROMPTS = "/var/lib/carillon/prompts"
V0, V1, V2 = "99900", "99901", "99902"
DIGITS_DIALPLAN, DIGITS_ENGINE, IDLE = "99910", "99912", "99922"
ASKED, OTHER = "99930", "99931"
PROMPT_HERTZ, ANSWER_HERTZ = 440, 1000
ANSWER_SECONDS = 0.2
ASKED_SECONDS = 0.9
"""Of another length than the prompt of the fixed lists: that is found in the cache by its size."""
ASKED_WAV = ROOT / ".build" / "asked.wav"
CUSTOMERS = {ASKED: 100, OTHER: 101}
"""The customers' servers by the number that asks them: so far above the API's port."""
MOST_DIGITS = 60


@dataclass(frozen=True)
class Stack:
    """The running system of the bench, described by an env file."""

    settings: dict[str, str]

    @classmethod
    def described(cls, file: Path) -> "Stack":
        """Read the env file."""
        lines = file.read_text().splitlines()
        return cls({name: value for name, _, value in (line.partition("=") for line in lines) if "CARILLON_" in name})

    @property
    def sip(self) -> tuple[str, int]:
        """Where Asterisk takes calls."""
        return "127.0.0.1", int(self.settings["CARILLON_SIP_PORT"])

    @property
    def ari(self) -> str:
        """The root of Asterisk's REST interface."""
        return f"http://127.0.0.1:{self.settings['CARILLON_ARI_PORT']}/ari"

    def customer(self, number: str) -> tuple[str, int]:
        """Where the server listens that is asked about a number's calls."""
        return "127.0.0.1", int(self.settings["CARILLON_API_PORT"]) + CUSTOMERS[number]

    def stack(self, *arguments: str) -> str:
        """Run docker/stack."""
        return _output([str(ROOT / "docker" / "stack"), *arguments])

    def container(self, service: str) -> str:
        """The id of a service's container."""
        project = self.settings["CARILLON_PROJECT"]
        labels = [f"label=com.docker.compose.{k}={v}" for k, v in (("project", project), ("service", service))]
        return _output(["docker", "ps", "-q", *(word for label in labels for word in ("--filter", label))]).strip()

    def processes(self, service: str) -> list[int]:
        """The processes of a service, on this machine's numbers."""
        pid = int(_output(["docker", "inspect", "-f", "{{.State.Pid}}", self.container(service)]))
        return proc.tree(pid)

    def asterisk(self, command: str) -> str:
        """Give Asterisk's console a command."""
        return _output(["docker", "exec", self.container("asterisk"), "asterisk", "-rx", command])

    def request(self, method: str, path: str) -> Any:
        """Ask ARI; returns the parsed answer."""
        user = f"{self.settings['CARILLON_ARI_USER']}:{self.settings['CARILLON_ARI_PASSWORD']}"
        headers = {"Authorization": f"Basic {b64encode(user.encode()).decode()}"}
        request = urllib.request.Request(f"{self.ari}/{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def listen(self, wanted: bool) -> None:
        """Let the controller see all channels' events, as it asks for itself, or only those of its own calls.

        The baselines must not pay for events that Asterisk would send to a controller with no part in their calls.
        """
        application = self.settings["CARILLON_ARI_APPLICATION"]
        seen = ALL_CHANNELS in self.request("GET", f"applications/{application}")["channel_ids"]
        if seen != wanted:
            source = "channel:" if wanted else f"channel:{ALL_CHANNELS}"  # without its name it cannot be left
            self.request(
                "POST" if wanted else "DELETE", f"applications/{application}/subscription?eventSource={source}"
            )

    # -- its beginning

    @property
    def filled(self) -> bool:
        """Whether it is up, with what the bench calls."""
        return bool(self.container("carillon")) and '"trunk-bench"' in json.dumps(
            self.request("GET", "endpoints/PJSIP")
        )

    def fill(self) -> None:
        """Give it what the bench calls, and start the controller with that."""
        self._write("prompt.wav", PROMPT_HERTZ, 1.0)
        self._write("answer.wav", ANSWER_HERTZ, ANSWER_SECONDS)
        _tone(ASKED_WAV, PROMPT_HERTZ, ASKED_SECONDS)  # which its customer's server hands out
        play = {"kind": "play", "source": f"file://{MEDIA}/prompt.wav"}
        answer = {"kind": "play", "source": f"file://{MEDIA}/answer.wav"}
        wait = {"kind": "wait_for_digits", "count": 1, "seconds": 600}
        hang_up = {"kind": "hang_up"}
        lists = {V2: [play, hang_up], DIGITS_ENGINE: [wait, answer] * MOST_DIGITS + [hang_up], IDLE: [wait, hang_up]}
        database = self.settings.get("CARILLON_DATABASE_URL") or "sqlite:////var/lib/carillon/carillon.db"
        asked = {number: "http://{}:{}/events".format(*self.customer(number)) for number in CUSTOMERS}
        given = json.dumps({"database": database, "trunk": CALLER, "numbers": lists, "asked": asked})
        script = (HERE / "seed.py").read_text()
        _output(["docker", "exec", "-i", self.container("carillon"), "python", "-", given], input=script)
        self.restart_controller()

    def restart_controller(self) -> None:
        """A fresh controller, ready for calls."""
        self.stack("restart", "carillon")
        self.wait()

    def wait(self, seconds: float = 60) -> None:
        """Wait until the controller's application is known to Asterisk and its trunk is there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                found = self.request("GET", f"applications/{self.settings['CARILLON_ARI_APPLICATION']}")
                trunks = self.request("GET", "endpoints/PJSIP")
                if found["channel_ids"] and trunks:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise SystemExit("carillon: the bench's system is not up; .env.bench and 'docker/stack logs' say why")

    def dialplan(self) -> None:
        """Add the baselines to the running dialplan: the product's own files know nothing of them."""
        prompt, answer = self.prompt(8000), self.prompt(int(8000 * ANSWER_SECONDS))
        steps = {
            V0: ["Answer(,i)", f"Playback({prompt})", "Hangup()"],
            V1: ["Stasis(bench-v1)", "Hangup()"],
            DIGITS_DIALPLAN: ["Answer(,i)", "Read(D,,1,,1,600)", f"Playback({answer})", "Goto(2)"],
        }
        for number, applications in steps.items():
            for priority, application in enumerate(applications, 1):
                self.asterisk(f"dialplan add extension {number},{priority},{application} into from-trunk replace")

    def prompt(self, size: int) -> str:
        """The file of the prompt cache, without its ending, whose mu-law has this many bytes."""
        listed = _output(
            ["docker", "exec", self.container("carillon"), "find", PROMPTS, "-name", "*.ulaw", "-size", f"{size}c"]
        )
        found = listed.split()
        assert len(found) == 1, f"the prompt cache holds {len(found)} prompts of {size} bytes"
        return found[0].removesuffix(".ulaw")

    def _write(self, name: str, hertz: int, seconds: float) -> None:
        """Put a tone into the volume of file:// prompts."""
        file = ROOT / ".build" / name
        _tone(file, hertz, seconds)
        project = self.settings["CARILLON_PROJECT"]
        command = ["docker", "run", "--rm", "-i", "--user", "0", "-v", f"{project}_media:/media", "--entrypoint", "tee",
                   f"carillon:{project}", f"/media/{name}"]  # fmt: skip
        subprocess.run(command, input=file.read_bytes(), check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def ari_app(self) -> Iterator[int]:
        """V1's program while it runs; gives its process id."""
        arguments = [
            self.ari,
            self.settings["CARILLON_ARI_USER"],
            self.settings["CARILLON_ARI_PASSWORD"],
            self.prompt(8000),
        ]
        with subprocess.Popen([sys.executable, str(HERE / "ari_app.py"), *arguments]) as program:
            try:
                while not re.search(r'"name": ?"bench-v1"', json.dumps(self.request("GET", "applications"))):
                    time.sleep(0.1)
                yield program.pid
            finally:
                program.kill()


def _tone(file: Path, hertz: int, seconds: float) -> None:
    samples = 8000 * np.sin(2 * np.pi * hertz * np.arange(int(8000 * seconds)) / 8000)
    write_wav(file, samples.astype("<i2").tobytes())


def _output(command: list[str], input: str | None = None) -> str:
    done = subprocess.run(command, input=input, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"carillon: {' '.join(command[:4])} … failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
