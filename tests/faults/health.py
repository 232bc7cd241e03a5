"""What the engine says of itself at /healthz."""

import time
import urllib.error
import urllib.request


def healthz(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for_health(port, status, seconds):
    deadline = time.monotonic() + seconds
    while healthz(port)[0] != status:
        assert time.monotonic() < deadline, healthz(port)
        time.sleep(0.3)
    return healthz(port)[1]
