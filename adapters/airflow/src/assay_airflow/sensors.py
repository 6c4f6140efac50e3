"""Waits until a partition is allowed, whoever has asked the gate."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Optional

from assay_airflow.client import AssayRefused, AssayUnavailable
from assay_airflow.compat import AirflowException, AirflowFailException, BaseSensorOperator
from assay_airflow.decision import ERROR, GO, HELD, summary_of, verdict_of, words_of
from assay_airflow.hooks import AssayHook
from assay_airflow.links import XCOM_URL, AssayDecisionLink


class AssayGateSensor(BaseSensorOperator):
    """Succeeds when the newest candidate of a partition is allowed; fails without a retry when it is held.

    It only reads: the question is asked by an operator, by ``assay gate check``, or by an event
    (``gate.evaluate_on`` in the contract).

    :param published: wait until the partition is served, too
    :param wait_while_held: go on waiting (for a waiver, or a better candidate) instead of failing
    :param deferrable: wait in the triggerer; else between looks the slot is given back (`mode="reschedule"`)
    """

    template_fields: Sequence[str] = ("dataset", "partition", "namespace")
    operator_extra_links = (AssayDecisionLink(),)
    ui_color = "#e6d7a8"

    def __init__(
        self,
        *,
        dataset: str,
        partition: str = "",
        namespace: Optional[str] = None,
        published: bool = False,
        wait_while_held: bool = False,
        assay_conn_id: str = AssayHook.default_conn_name,
        deferrable: bool = False,
        mode: str = "reschedule",
        **kwargs: Any,
    ) -> None:
        super().__init__(mode=mode, **kwargs)
        self.dataset = dataset
        self.partition = partition
        self.namespace = namespace
        self.published = published
        self.wait_while_held = wait_while_held
        self.assay_conn_id = assay_conn_id
        self.deferrable = deferrable

    def execute(self, context) -> Any:
        if not self.deferrable:
            return super().execute(context)
        if not self.poke(context):
            from assay_airflow.triggers import AssayGateTrigger

            deadline = time.time() + float(self.timeout)
            self.defer(
                trigger=AssayGateTrigger(
                    assay_conn_id=self.assay_conn_id,
                    dataset=self.dataset,
                    partition=self.partition,
                    namespace=self.namespace,
                    deadline=deadline,
                    held_until=deadline if self.wait_while_held else 0,
                    poll_interval=float(self.poke_interval),
                    published=self.published,
                ),
                method_name="resume",
            )
        return None

    def resume(self, context, event: dict) -> None:
        """Goes on when the trigger has fired."""
        if event.get("refused"):
            raise AirflowFailException(event["detail"])
        if not event.get("answered"):
            raise AirflowException(event["detail"])
        if not self.poke(context):
            raise AirflowException("The decision changed meanwhile; it is looked at again.")

    def poke(self, context) -> bool:
        client = AssayHook(self.assay_conn_id).get_conn()
        try:
            answer = client.decision(self.dataset, self.partition, self.namespace)
        except AssayUnavailable as error:
            raise AirflowException(f"There is no decision: {error}") from None
        except AssayRefused as error:
            raise AirflowFailException(str(error)) from None
        answer = {"dataset": self.dataset, **answer}
        page = client.page(answer["evaluationId"]) if answer.get("evaluationId") else client.url
        context["ti"].xcom_push(key=XCOM_URL, value=page)
        verdict = verdict_of(answer)
        if verdict == GO and (not self.published or answer.get("published")):
            context["ti"].xcom_push(key="assay_decision", value=summary_of(answer, page, answer.get("published")))
            return True
        if verdict == ERROR:
            raise AirflowException(f"There is no decision: {words_of(answer)}")
        if verdict == HELD and not self.wait_while_held:
            raise AirflowFailException(f"{words_of(answer)}. See {page}")
        return False
