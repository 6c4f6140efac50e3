"""A stand-in for Assay that answers as it is told, over real HTTP."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StandIn:
    """`answer(method, path, body)` gives status and document; what was asked is kept in `asked`."""

    def __init__(self, answer):
        self.asked = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self):
                size = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                stand_in.asked.append((self.command, self.path, body, self.headers.get("authorization")))
                status, document = answer(self.command, self.path, body)
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = _serve

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def evaluation(**more):
    return {
        "id": "e1",
        "dataset": "orders",
        "partition": "dt=2026-01-01",
        "state": "passed",
        "decision": "allow",
        "reasons": [],
        "candidate": {"version": "v1"},
        "publication": None,
        **more,
    }


def held(message="row_count is 0", **more):
    reason = {"message": message, "holds": True}
    return evaluation(**{"state": "failed", "decision": "block", "reasons": [reason], **more})


def problem(kind, detail="no", **more):
    return {"type": f"urn:assay:problem:{kind}", "detail": detail, **more}
