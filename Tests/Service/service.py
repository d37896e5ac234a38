"""Starts the release build's `triage serve` and ends it; shared by the checks beside it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, ".build/release/triage")
MODEL = os.path.join(ROOT, "models/triage-en")

POLICY = """
version: 1
currency: EUR
baseline: large
handlers:
  faq: {{ route: script, price: 0.01, latency_ms: 10 }}
  large: {{ route: remote, price: 1, latency_ms: 1000 }}
  {desk}: {{ route: human, price: 5, latency_ms: 60000 }}
labels: {{ script: faq, remote: large, human: {desk} }}
fallback: {{ ambiguous: {desk}, out_of_scope: large, unavailable: large, too_long: large }}
"""


class Service:
    """A running service; its log is a file in `folder`."""

    def __init__(self, folder, *arguments, model=MODEL):
        self.log_path = os.path.join(folder, "log")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--model", model, *arguments], stdout=self.log, stderr=self.log
        )
        self.port = self._wait(self._listening)

    def _wait(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            if self.process.poll() is not None:
                sys.exit(f"the service ended: {self.text()}")
            time.sleep(0.01)
        sys.exit(f"nothing happened within {seconds} s: {self.text()}")

    def _listening(self):
        for line in self.text().splitlines():
            if line.startswith("listening on http://127.0.0.1:"):
                return int(line.split("http://127.0.0.1:")[1].split(",")[0])

    def wait(self, condition):
        """Waits until `condition` holds."""
        return self._wait(condition)

    def text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body.decode()

    def metrics(self):
        """Values by name and labels."""
        values = {}
        for line in self.get("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values

    def resident_megabytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1000

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """Ends the service; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=40)
        self.log.close()
        return code


class Client:
    """A keep-alive connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(self, texts):
        self.connection.request(
            "POST", "/v1/triage", json.dumps({"texts": texts}), {"content-type": "application/json"}
        )
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())


def check(condition, message):
    if not condition:
        sys.exit(f"failed: {message}")
