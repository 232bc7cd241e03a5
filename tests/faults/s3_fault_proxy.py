"""An HTTP proxy before an S3 server that can do what no server does on demand: apply a request and lose its
answer, or answer in the server's stead."""

import dataclasses
import http.client
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_HEADERS = {"connection", "transfer-encoding", "content-length"}


@dataclasses.dataclass(frozen=True)
class Delay:
    seconds: float


class Rule:
    """What happens to the next `times` requests whose method and path match."""

    def __init__(self, method, path, action, times=1):
        self.method, self.path, self.action, self.times = method, re.compile(path), action, times
        self.hits = 0

    def takes(self, method, path):
        if self.hits >= self.times or method != self.method and self.method != "*" or not self.path.search(path):
            return False
        self.hits += 1
        return True


class S3FaultProxy:
    """Actions: "lose_answer" (applied, the connection closes without a word), a status that is answered
    without asking the server, a Delay before it is asked, None (nothing), or a function that gives one of
    these for each request."""

    def __init__(self, upstream):
        host, port = upstream.removeprefix("http://").split(":")
        self.rules, self.lock = [], threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                action = proxy.action_for(self.command, self.path)
                if isinstance(action, Delay):
                    time.sleep(action.seconds)
                if isinstance(action, int):
                    return self.answer(action, [], f"<Error><Code>{CODES[action]}</Code></Error>".encode())
                connection = http.client.HTTPConnection(host, int(port), timeout=60)
                connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    connection.putheader(name, value)
                connection.endheaders(body)
                response = connection.getresponse()
                content = response.read()
                connection.close()
                if action == "lose_answer":
                    self.close_connection = True
                    self.connection.close()
                    return None
                return self.answer(response.status, response.getheaders(), content)

            def answer(self, status, headers, content):
                self.send_response_only(status)
                length = str(len(content))
                for name, value in headers:
                    if name.lower() == "content-length" and self.command == "HEAD":
                        length = value
                    if name.lower() not in HOP_HEADERS:
                        self.send_header(name, value)
                self.send_header("Content-Length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def action_for(self, method, path):
        with self.lock:
            action = next((rule.action for rule in self.rules if rule.takes(method, path)), None)
            return action() if callable(action) else action

    def add(self, *arguments, **keywords):
        rule = Rule(*arguments, **keywords)
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self):
        with self.lock:
            self.rules.clear()

    def close(self):
        self.server.shutdown()


CODES = {409: "ConditionalRequestConflict", 412: "PreconditionFailed", 500: "InternalError", 503: "SlowDown"}
