"""Writes a candidate from Spark and asks Assay whether it may become gold. One file, Python's standard library alone.

Give it to Spark by ``--py-files assay_gate.py``, or copy it.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException


class GateHeld(Exception):
    """The candidate is not what the contract promises, or the gate is frozen; gold serves what it served."""


class GateUnavailable(Exception):
    """There is no decision: Assay or the warehouse does not answer, or a check could not be run. Try again later."""


def gated_write(
    frame,
    write,
    *,
    dataset,
    candidate,
    partition="",
    publish=True,
    url=None,
    key=None,
    namespace=None,
    run=None,
    timeout=1800,
):
    """Has `write(frame)` write the candidate, has Assay judge it by its contract, and publishes what is allowed.

    :param dataset: the dataset of the contract; `candidate`: the table that `write` fills: ``staging.orders_20260131``
    :param partition: as column=value: ``dt=2026-01-31``
    :param url: of Assay, else the environment's ASSAY_URL; `key` likewise ASSAY_KEY
    :param run: OpenLineage id of a run above this one: what failed in it or below it holds the candidate
    :param timeout: seconds to wait for the decision
    :return: the evaluation as Assay tells it
    :raises GateHeld: trying again does not help. GateUnavailable: it may.
    """
    write(frame)
    gate = _Gate(url or os.environ.get("ASSAY_URL", "http://127.0.0.1:4100"), key or os.environ.get("ASSAY_KEY"))
    # One key for one application: asked twice, checks run once; loaded anew, they run anew.
    application = frame.sparkSession.sparkContext.applicationId
    order = {
        "partition": partition,
        "candidate": {"kind": "table", "ref": candidate},
        "idempotencyKey": f"spark/{application}/{candidate}/{partition}"[:512],
        "mode": "async",
        "waitSeconds": 30,
        **({"run": run} if run else {}),
    }
    query = "?" + urllib.parse.urlencode({"namespace": namespace}) if namespace else ""
    answer = gate.call(f"/api/v2/gates/{urllib.parse.quote(dataset, safe='')}/evaluations{query}", order)
    deadline = time.monotonic() + timeout
    while answer["decision"] is None:
        if time.monotonic() > deadline:
            raise GateUnavailable(f"There was no decision on {candidate} within {timeout} s.")
        answer = gate.call(f"/api/v2/gates/evaluations/{answer['id']}?wait=30")
    if answer["decision"] != "allow":
        why = "; ".join(reason["message"] for reason in answer["reasons"] if reason["holds"])
        held = GateUnavailable if answer["state"] == "error" else GateHeld
        raise held(f"{dataset} {partition} is held: {why or answer['state']}")
    if publish:
        version = {"expectedVersion": answer["candidate"]["version"]}
        answer["publication"] = gate.call(f"/api/v2/gates/evaluations/{answer['id']}/publish", version)
    return answer


class _Gate:
    def __init__(self, url, key):
        self._url = url.rstrip("/")
        self._headers = {"content-type": "application/json", **({"authorization": f"Bearer {key}"} if key else {})}

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, headers=self._headers)
        try:
            with urllib.request.urlopen(request, timeout=75) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except (OSError, HTTPException, ValueError) as error:
            raise GateUnavailable(f"{self._url} does not answer: {error}") from None


def _refusal(error):
    try:
        problem = json.loads(error.read())
    except (OSError, HTTPException, ValueError):
        problem = {}
    again = error.code >= 500 or error.code in (408, 429) or "retryAfterSeconds" in problem
    return (GateUnavailable if again else GateHeld)(problem.get("detail") or str(error))
