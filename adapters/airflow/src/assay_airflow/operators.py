"""Asks the gate about a candidate, waits, and publishes what it allows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Optional, Union

from assay_airflow.client import AssayClient, AssayRefused, AssayUnavailable
from assay_airflow.compat import AirflowException, AirflowFailException, AirflowSkipException, BaseOperator
from assay_airflow.decision import ERROR, GO, HELD, WAITING, idempotency_key, summary_of, verdict_of, words_of
from assay_airflow.hooks import AssayHook
from assay_airflow.links import XCOM_URL, AssayDecisionLink

Duration = Union[float, timedelta]
# Longest single wait at the server; it answers after 60 seconds at most.
SERVER_WAIT = 30


class AssayGateOperator(BaseOperator):
    """Has a candidate measured and judged by its contract; what is allowed is published, what is held fails the task.

    Held data fails without a retry, which would not help (`AirflowFailException`). An Assay or a warehouse that does
    not answer fails with one (`AirflowException`), and on the last try `on_error` decides. Nothing is ever skipped,
    unless `soft_fail` asks for it: a skipped gate would skip all that comes after it, silently.

    :param dataset: name or id of the dataset that the candidate is to become part of
    :param candidate: where the candidate is: ``staging.orders_20260131``
    :param partition: as column=value: ``dt={{ ds }}``; empty for a dataset without
    :param publish: publish exactly what was judged, when it is allowed
    :param load_id: names the load of the candidate, where one DAG run may load the same table again: another load
        is judged anew. Without it every try, and every run of the task after it was cleared, is answered by the
        evaluation that its first try began.
    :param run: OpenLineage id of the run that made it: what failed in it or below it holds the candidate
    :param timeout: longest wait for the decision
    :param waiver_wait: how long held data may wait for a waiver, or for the gate to be unfrozen
    :param deferrable: wait in the triggerer, without a worker's slot
    :param on_error: ``block``: fail when no decision is to be had. ``allow``: succeed with a warning; Assay publishes
        nothing then.
    """

    template_fields: Sequence[str] = (
        "dataset",
        "candidate",
        "partition",
        "namespace",
        "run",
        "load_id",
        "contract_version",
    )
    operator_extra_links = (AssayDecisionLink(),)
    ui_color = "#e6d7a8"

    def __init__(
        self,
        *,
        dataset: str,
        candidate: str,
        partition: str = "",
        candidate_kind: str = "table",
        namespace: Optional[str] = None,
        publish: bool = False,
        run: Optional[str] = None,
        load_id: Optional[str] = None,
        contract_version: Optional[str] = None,
        assay_conn_id: str = AssayHook.default_conn_name,
        timeout: Duration = 1800,
        waiver_wait: Duration = 0,
        poll_interval: float = 15,
        deferrable: bool = False,
        on_error: str = "block",
        soft_fail: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if on_error not in ("block", "allow"):
            raise ValueError(f"on_error must be block or allow, not {on_error!r}")
        self.dataset = dataset
        self.candidate = candidate
        self.partition = partition
        self.candidate_kind = candidate_kind
        self.namespace = namespace
        self.publish = publish
        self.run = run
        self.load_id = load_id
        self.contract_version = contract_version
        self.assay_conn_id = assay_conn_id
        self.timeout = seconds(timeout)
        self.waiver_wait = seconds(waiver_wait)
        self.poll_interval = poll_interval
        self.deferrable = deferrable
        self.on_error = on_error
        self.soft_fail = soft_fail

    def execute(self, context) -> dict:
        client = AssayHook(self.assay_conn_id).get_conn()
        deadline = time.time() + self.timeout
        try:
            answer = self._begin(client, context)
            held_until = time.time() + self.waiver_wait
            if self.deferrable and self._waits(answer, held_until):
                self._defer(answer["id"], deadline, held_until)
            answer = self._wait(client, answer, deadline, held_until)
            return self._conclude(client, context, answer, again=True)
        except AssayUnavailable as error:
            return self._no_answer(context, str(error))
        except AssayRefused as error:
            raise AirflowFailException(str(error)) from None

    def resume(self, context, event: dict, evaluation_id: str) -> dict:
        """Goes on when the trigger has fired."""
        if event.get("refused"):
            raise AirflowFailException(event["detail"])
        if not event.get("answered"):
            return self._no_answer(context, event["detail"])
        client = AssayHook(self.assay_conn_id).get_conn()
        try:
            return self._conclude(client, context, client.evaluation(evaluation_id), again=True)
        except AssayUnavailable as error:
            return self._no_answer(context, str(error))
        except AssayRefused as error:
            raise AirflowFailException(str(error)) from None

    def _begin(self, client: AssayClient, context, suffix: str = "") -> dict:
        key = self._key(context) + suffix
        order: dict[str, Any] = {
            "partition": self.partition,
            "candidate": {"kind": self.candidate_kind, "ref": self.candidate},
            "idempotencyKey": key,
            "requestedBy": f"airflow:{context['ti'].dag_id}.{context['ti'].task_id}"[:512],
            "mode": "async",
            "waitSeconds": 0 if self.deferrable else SERVER_WAIT,
        }
        if self.run:
            order["run"] = self.run
        if self.contract_version:
            order["contractVersion"] = self.contract_version
        answer = client.evaluate(self.dataset, order, self.namespace)
        self.log.info("Evaluation %s: %s", answer["id"], client.page(answer["id"]))
        context["ti"].xcom_push(key=XCOM_URL, value=client.page(answer["id"]))
        # An error of an earlier try is no answer to this one.
        if verdict_of(answer) == ERROR and not suffix and context["ti"].try_number > 1:
            return self._begin(client, context, f"/try{context['ti'].try_number}")
        return answer

    def _key(self, context) -> str:
        ti = context["ti"]
        return idempotency_key(
            "airflow",
            ti.dag_id,
            ti.run_id,
            ti.task_id,
            getattr(ti, "map_index", -1),
            self.candidate,
            self.partition,
            self.load_id or "",
        )

    def _waits(self, answer: dict, held_until: float) -> bool:
        verdict = verdict_of(answer)
        return verdict == WAITING or (verdict == HELD and time.time() < held_until)

    def _wait(self, client: AssayClient, answer: dict, deadline: float, held_until: float) -> dict:
        while self._waits(answer, held_until):
            left = deadline - time.time()
            if verdict_of(answer) == WAITING:
                if left <= 0:
                    raise AssayUnavailable("There was no decision in time.")
                answer = client.evaluation(answer["id"], wait=max(0, min(SERVER_WAIT, int(left))))
            else:
                time.sleep(max(0.0, min(self.poll_interval, held_until - time.time())))
                answer = client.evaluation(answer["id"])
        return answer

    def _defer(self, evaluation_id: str, deadline: float, held_until: float) -> None:
        from assay_airflow.triggers import AssayGateTrigger

        self.defer(
            trigger=AssayGateTrigger(
                assay_conn_id=self.assay_conn_id,
                evaluation_id=evaluation_id,
                deadline=max(deadline, held_until),
                held_until=held_until,
                poll_interval=self.poll_interval,
            ),
            method_name="resume",
            kwargs={"evaluation_id": evaluation_id},
        )

    def _conclude(self, client: AssayClient, context, answer: dict, again: bool) -> dict:
        verdict = verdict_of(answer)
        page = client.page(answer["id"])
        if verdict == ERROR:
            return self._no_answer(context, words_of(answer), answer, page)
        if verdict != GO:
            return self._held(f"{words_of(answer)}. See {page}")
        published = None
        if self.publish:
            try:
                published = client.publish(answer["id"], answer["candidate"]["version"])
            except AssayRefused as error:
                if error.kind == "blocked":
                    return self._held(f"{error}. See {page}")
                # It was loaded again since it was judged: what is there now is judged anew, once.
                if error.kind != "version_moved" or not again:
                    raise
                self.log.warning("%s It is evaluated again.", error)
                fresh = self._begin(client, context, f"/after/{answer['id']}")
                deadline = time.time() + self.timeout
                return self._conclude(client, context, self._wait(client, fresh, deadline, 0), again=False)
        return summary_of(answer, page, published)

    def _held(self, words: str) -> dict:
        if self.soft_fail:
            raise AirflowSkipException(words)
        raise AirflowFailException(words)

    def _no_answer(self, context, why: str, answer: Optional[dict] = None, page: str = "") -> dict:
        ti = context["ti"]
        if self.on_error == "block" or ti.try_number <= (getattr(ti, "max_tries", 0) or 0):
            raise AirflowException(f"There is no decision: {why}")
        self.log.warning("There is no decision, and on_error lets the task pass. Nothing was published: %s", why)
        return {**summary_of(answer or {}, page), "decision": "unknown", "error": why}


def seconds(duration: Duration) -> float:
    return duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
