"""Assay's gate over HTTP, with nothing but Python's standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from typing import Any, Optional


class AssayUnavailable(Exception):
    """Assay or what it needs does not answer: asking again later may help."""


class AssayRefused(Exception):
    """Assay answered that it will not; asking again the same way does not help.

    ``kind`` is the last word of the problem's type: ``blocked``, ``version_moved``, ``conflict``.
    """

    def __init__(self, status: int, kind: str, detail: str, body: dict):
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.body = body


class AssayClient:
    """:param url: where Assay listens; :param key: an API key, where keys are configured."""

    def __init__(self, url: str, key: Optional[str] = None, timeout: float = 75):
        self.url = url.rstrip("/")
        self._key = key
        self._timeout = timeout

    def evaluate(self, dataset: str, order: dict, namespace: Optional[str] = None) -> dict:
        """Begins an evaluation, or gives the one that was begun with the same idempotency key."""
        return self._call("POST", f"/api/v2/gates/{_quote(dataset)}/evaluations", order, namespace)

    def evaluation(self, evaluation_id: str, wait: int = 0) -> dict:
        return self._call("GET", f"/api/v2/gates/evaluations/{_quote(evaluation_id)}?wait={wait}")

    def publish(self, evaluation_id: str, expected_version: str) -> dict:
        path = f"/api/v2/gates/evaluations/{_quote(evaluation_id)}/publish"
        return self._call("POST", path, {"expectedVersion": expected_version})

    def decision(self, dataset: str, partition: str, namespace: Optional[str] = None) -> dict:
        path = f"/api/v2/gates/{_quote(dataset)}/decision?partition={_quote(partition)}"
        return self._call("GET", path, None, namespace)

    def page(self, evaluation_id: str) -> str:
        """What a person opens to read about an evaluation."""
        return f"{self.url}/publications/{_quote(evaluation_id)}"

    def _call(
        self, method: str, path: str, body: Optional[dict] = None, namespace: Optional[str] = None
    ) -> dict:
        if namespace:
            path += f"{'&' if '?' in path else '?'}namespace={_quote(namespace)}"
        headers = {"accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/json"
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except (OSError, HTTPException, ValueError) as error:
            raise AssayUnavailable(f"{self.url} does not answer as Assay does: {error}") from None


def _refusal(error: urllib.error.HTTPError) -> Exception:
    try:
        body: Any = json.loads(error.read())
    except (OSError, HTTPException, ValueError):
        body = {}
    if not isinstance(body, dict):
        body = {}
    detail = str(body.get("detail") or error.reason)
    # "Not now" is not "no": somebody else is at it, or too much is asked at once.
    again = error.code >= 500 or error.code in (408, 429) or "retryAfterSeconds" in body
    if again:
        return AssayUnavailable(detail)
    return AssayRefused(error.code, str(body.get("type", "")).rpartition(":")[2], detail, body)


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="")
