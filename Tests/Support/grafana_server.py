"""A Grafana for tests: grafana_server.py [--path /grafana] [--api legacy|both|resources] [--token T]
[--user U --password P] [--certificate FILE --key FILE [--client-ca FILE]]

Says "listening on 127.0.0.1:PORT, controlled at PORT" when it is ready. At the second port, always plain HTTP:

  GET  /state          all it holds, and every request it got
  POST /fault          the next answers: {"match": "POST /api/dashboards", "times": 1, "status": 500, "headers": {},
                       "body": {}, "raw": "text", "hang": true, "cut": true, "after": true}; "after": once the
                       request was carried out
  POST /edit           a person's change: {"uid": "…", "changes": {"title": "…"}}
  POST /plugin         has a dashboard belong to a plugin of Grafana: {"uid": "…"}
  POST /delete-folder  deletes a folder with all that is in it: {"uid": "…"}
"""

import argparse
import base64
import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import grafana_legacy
import grafana_resources
from grafana_store import Refusal, Store


class Grafana(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Handler)
        self.options = options
        self.store = Store()
        self.requests = []
        self.faults = []
        self.ended = threading.Event()
        self.routes = []
        if options.api != "resources":
            self.routes += grafana_legacy.routes(self.store)
        else:
            # What the newer interface has not.
            shared = ("/api/health", "/api/org", "/api/search", "/api/datasources", "/api/annotations")
            self.routes += [
                r for r in grafana_legacy.routes(self.store) if r[1].startswith(shared)]
        if options.api != "legacy":
            self.routes += grafana_resources.routes(self.store)

    def admits(self, header):
        options = self.options
        if options.token and header == f"Bearer {options.token}":
            return True
        if options.user:
            text = base64.b64encode(f"{options.user}:{options.password}".encode()).decode()
            return header == f"Basic {text}"
        return not options.token

    def take_fault(self, line, after):
        with self.store.lock:
            for fault in self.faults:
                if fault["match"] in line and fault.get("after", False) == after:
                    fault["times"] = fault.get("times", 1) - 1
                    if fault["times"] <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def handle_error(self, request, client_address):
        """A client that goes away is nothing to report."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer's head and body in one packet, and no wait for more.
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        url = urlsplit(self.path)
        self.query = parse_qs(url.query)
        self.success = 200
        line = f"{self.command} {self.path}"
        with self.server.store.lock:
            self.server.requests.append({
                "line": line, "authorization": self.headers.get("Authorization"),
                "organisation": self.headers.get("X-Grafana-Org-Id"),
            })
        if (fault := self.server.take_fault(line, after=False)):
            return self.fail(fault)
        status, answer = self.carry_out(url.path, body)
        if (fault := self.server.take_fault(line, after=True)):
            return self.fail(fault)
        self.answer(status, answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def carry_out(self, path, body):
        root = self.server.options.path
        if not path.startswith(root + "/"):
            return 404, None
        path = path[len(root):]
        if path != "/api/health" and not self.server.admits(self.headers.get("Authorization")):
            return 401, {"message": "Invalid API key"}
        try:
            content = json.loads(body) if body else None
        except ValueError:
            return 400, {"message": "bad request data"}
        for method, pattern, handler in self.server.routes:
            found = re.fullmatch(pattern, path)
            if method == self.command and found:
                try:
                    with self.server.store.lock:
                        return self.success, handler(self, content, *map(unquote, found.groups()))
                except Refusal as error:
                    return error.status, error.body
        return 404, {"message": "Not found"}

    def answer(self, status, content, headers=None, raw=None):
        data = raw.encode() if raw is not None else b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def fail(self, fault):
        if fault.get("hang"):
            self.server.ended.wait()
        if fault.get("cut") or fault.get("hang"):
            self.close_connection = True
            return
        self.answer(
            fault.get("status", 200), fault.get("body"), fault.get("headers"), fault.get("raw"))

    def log_message(self, *_):
        pass


class Control(BaseHTTPRequestHandler):
    """What a test says to the server, and asks of it."""

    grafana = None

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        store = self.grafana.store
        with store.lock:
            if self.path == "/fault":
                self.grafana.faults.append(body)
            elif self.path == "/edit":
                store.edit(body["uid"], body["changes"])
            elif self.path == "/plugin":
                store.dashboard(body["uid"])["plugin"] = True
            elif self.path == "/delete-folder":
                store.delete_folder(body["uid"])
        self.answer({})

    def do_GET(self):
        grafana = self.grafana
        with grafana.store.lock:
            self.answer({
                "folders": grafana.store.folders, "dashboards": grafana.store.dashboards,
                "annotations": list(grafana.store.annotations.values()),
                "requests": grafana.requests, "faults": grafana.faults,
            })

    def answer(self, content):
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", default="")
    parser.add_argument("--api", choices=["legacy", "both", "resources"], default="legacy")
    parser.add_argument("--token")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    server = Grafana(parser.parse_args())
    options = server.options
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        if options.client_ca:
            context.load_verify_locations(options.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Control.grafana = server
    control = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    print(
        f"listening on 127.0.0.1:{server.server_address[1]}, controlled at {control.server_address[1]}",
        flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
