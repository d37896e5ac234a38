"""Sends a service damaged requests by the thousand: it must go on, answer what is in order, stay small, and log nothing of
what it was sent.

    python3 Tests/Service/fuzz.py [count] [seed]
"""

import json
import random
import socket
import sys
import tempfile

from service import POLICY, Client, Service, check

CANARY = "canaryzebra"
PATHS = ["/v1/triage", "/predict", "/v1/embeddings", "/v1/models", "/metrics", "/ready", "/", "/../etc/passwd", "/v1/%74riage", "//v1/triage"]
BODIES = [
    {"text": f"{CANARY} lost my card"},
    {"texts": ["hello", f"{CANARY}"], "metadata": {"channel": f"{CANARY}"}, "tenant": f"{CANARY}"},
    {"inputs": f"{CANARY} hello"},
    {"inputs": [[f"{CANARY}"], ["b"]], "raw_scores": True},
    {"input": [f"{CANARY}", "two"], "encoding_format": "base64"},
]
PIECES = [
    b"\x00", b"\xff\xfe", b"\r\n", b"\n\n", b'"', b"{", b"[" * 600, b"}", b"\\u0000", b"\\ud800", b"1e999", b"-", b"a" * 5000, b": ",
    b"content-length: 5\r\n", b"transfer-encoding: chunked\r\n", b"x-triage-deadline-ms: 1\r\n", b"x-triage-deadline-ms: -1\r\n",
    b"traceparent: 00-0-0-01\r\n", b"x-request-id: " + b"y" * 300 + b"\r\n", b"expect: 100-continue\r\n", b"connection: close\r\n",
    b"HTTP/9.9", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"authorization: Bearer " + CANARY.encode() + b"\r\n",
]


def request(random):
    body = json.dumps(random.choice(BODIES)).encode()
    head = f"{random.choice(['POST', 'POST', 'POST', 'GET', 'PUT', 'HEAD'])} {random.choice(PATHS)} HTTP/1.1\r\nhost: a\r\n"
    head += random.choice(["content-type: application/json\r\n", ""])
    if random.random() < 0.2:
        cut = random.randrange(len(body))
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:cut], body[cut:]) if part)
        return head.encode() + b"transfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    return head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body


def damage(data, random):
    data = bytearray(data)
    for _ in range(random.choice([0, 1, 1, 2, 4])):
        place = random.randrange(len(data) + 1)
        kind = random.randrange(4)
        if kind == 0:
            data[place:place] = random.choice(PIECES)
        elif kind == 1:
            del data[place : place + random.randrange(1, 20)]
        elif kind == 2 and place < len(data):
            data[place] = random.randrange(256)
        else:
            data[place : place + 8] = data[random.randrange(len(data) + 1) :][:20]
        if not data:
            data = bytearray(b"\n")
    return bytes(data)


def main(count, seed):
    source = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/triage.yaml", "w", encoding="utf-8") as file:
            file.write(POLICY.format(desk="desk"))
        service = Service(folder, "--policy", f"{folder}/triage.yaml", "--log-level", "debug", "--read-timeout", "2")
        good = Client(service.port)
        before, open_sockets, answers = None, [], 0
        for number in range(count):
            connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
            data = damage(request(source), source)
            if source.random() < 0.05:
                data = data * source.randrange(2, 30)
            try:
                connection.sendall(data)
                # Some are left hanging, as broken clients do; the others are read as far as they come.
                if source.random() < 0.1:
                    open_sockets.append(connection)
                    if len(open_sockets) > 50:
                        open_sockets.pop(0).close()
                    continue
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(5)
                answers += connection.recv(65536).startswith(b"HTTP/1.1 ")
            except OSError:
                pass
            connection.close()
            if number % 100 == 0:
                status, answer = good.ask([f"{CANARY} what is my balance"])
                check(status == 200 and answer["decisions"][0]["outcome"] in ("classified", "abstained"), f"{status} {answer}")
                good = Client(service.port)
                before = before or service.resident_megabytes()
        memory = service.resident_megabytes()
        check(service.get("/health")[0] == 200, "not healthy any more")
        check(service.stop() == 0, "the service did not end well")
        log = service.text()
    check(CANARY not in log, "a text or a key is in the log")
    check(memory < before + 100, f"memory grew from {before:.0f} to {memory:.0f} MB")
    print(f"{count} damaged requests, {answers} answered: healthy, memory {before:.0f} → {memory:.0f} MB, no text in {len(log)} bytes of log")


main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
