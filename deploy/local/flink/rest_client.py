#!/usr/bin/env python3
"""Asks a Flink cluster by its REST API: what Flink's own command line does with a JVM of its own."""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

REQUEST_LIMIT_S = 120  # a job's main function runs within the request that starts it
SAVEPOINT_LIMIT_S = 120
POLL_S = 0.2
GET_ATTEMPTS_MAX = 3  # a busy JobManager resets a connection now and then

# The cluster is on this machine: a proxy of the environment would not find it.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Cluster:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> Any:
        request = urllib.request.Request(self.url + path, data=body, method=method)
        if content_type:
            request.add_header("Content-Type", content_type)
        for left in reversed(range(GET_ATTEMPTS_MAX if method == "GET" else 1)):
            try:
                with opener.open(request, timeout=REQUEST_LIMIT_S) as response:
                    return json.loads(response.read() or b"{}")
            except urllib.error.HTTPError as error:
                sys.exit(f"{method} {path}: {error.code}\n{reason_of(error.read())}")
            except ConnectionResetError as error:
                if left == 0:
                    sys.exit(f"the cluster at {self.url} does not answer: {error}")
                time.sleep(POLL_S)
            except OSError as error:
                sys.exit(f"the cluster at {self.url} does not answer: {error}")

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> Any:
        return self.ask("POST", path, json.dumps(fields).encode(), "application/json")


def reason_of(body: bytes) -> str:
    """The innermost cause out of a stack trace; the whole of it is in the log."""
    try:
        trace = "\n".join(json.loads(body)["errors"])
    except (ValueError, KeyError):
        return body.decode(errors="replace")
    lines = [line for line in trace.splitlines() if line.strip() and not line.startswith(("\tat ", "\t... "))]
    causes = [number for number, line in enumerate(lines) if line.startswith("Caused by: ")]
    return "\n".join(lines[causes[-1] :]).removeprefix("Caused by: ") if causes else "\n".join(lines)


def check_ready(cluster: Cluster, slots: int) -> None:
    actual = cluster.get("/overview")["slots-total"]
    if actual < slots:
        sys.exit(f"{actual} of {slots} slots are there")


def upload(cluster: Cluster, jar: Path) -> str:
    boundary = uuid.uuid4().hex
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="jarfile"; filename="{jar.name}"\r\n'
        "Content-Type: application/x-java-archive\r\n\r\n"
    )
    body = head.encode() + jar.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    answer = cluster.ask("POST", "/jars/upload", body, f"multipart/form-data; boundary={boundary}")
    return Path(answer["filename"]).name


def submit(cluster: Cluster, arguments: argparse.Namespace) -> None:
    jar = upload(cluster, arguments.jar)
    fields: dict[str, Any] = {"programArgsList": arguments.argument}
    if arguments.from_checkpoint:
        fields["savepointPath"] = arguments.from_checkpoint
    print(cluster.post(f"/jars/{jar}/run", fields)["jobid"])


def jobs(cluster: Cluster) -> None:
    for job in cluster.get("/jobs/overview")["jobs"]:
        print(job["jid"], job["state"], job["name"])


def state(cluster: Cluster, job: str) -> None:
    print(cluster.get(f"/jobs/{job}")["state"])


def exceptions(cluster: Cluster, job: str) -> None:
    """Prints why the job failed, newest first."""
    for entry in cluster.get(f"/jobs/{job}/exceptions")["exceptionHistory"]["entries"]:
        print(reason_of(json.dumps({"errors": [entry["stacktrace"]]}).encode()))


def stop(cluster: Cluster, job: str, folder: str) -> None:
    request = cluster.post(f"/jobs/{job}/stop", {"targetDirectory": folder, "drain": False})["request-id"]
    deadline = time.monotonic() + SAVEPOINT_LIMIT_S
    while time.monotonic() < deadline:
        answer = cluster.get(f"/jobs/{job}/savepoints/{request}")
        if answer["status"]["id"] == "COMPLETED":
            operation = answer["operation"]
            if "location" not in operation:
                trace = json.dumps({"errors": [operation["failure-cause"]["stack-trace"]]})
                sys.exit(f"no savepoint: {reason_of(trace.encode())}")
            print(operation["location"])
            return
        time.sleep(POLL_S)
    sys.exit(f"no savepoint after {SAVEPOINT_LIMIT_S} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("ready").add_argument("slots", type=int)
    submission = actions.add_parser("submit")
    submission.add_argument("--from", dest="from_checkpoint", metavar="CHECKPOINT")
    submission.add_argument("jar", type=Path)
    submission.add_argument("argument", nargs="*")
    actions.add_parser("jobs")
    for action in ("state", "exceptions", "cancel"):
        actions.add_parser(action).add_argument("job")
    stopping = actions.add_parser("stop")
    stopping.add_argument("job")
    stopping.add_argument("folder")
    arguments = parser.parse_args()
    cluster = Cluster(arguments.url)
    match arguments.action:
        case "ready":
            check_ready(cluster, arguments.slots)
        case "submit":
            submit(cluster, arguments)
        case "jobs":
            jobs(cluster)
        case "state":
            state(cluster, arguments.job)
        case "exceptions":
            exceptions(cluster, arguments.job)
        case "cancel":
            cluster.ask("PATCH", f"/jobs/{arguments.job}?mode=cancel")
        case "stop":
            stop(cluster, arguments.job, arguments.folder)


main()
