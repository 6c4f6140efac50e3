"""Waits for a decision without a worker's slot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Optional

from airflow.triggers.base import BaseTrigger, TriggerEvent

from assay_airflow.client import AssayRefused, AssayUnavailable
from assay_airflow.decision import GO, HELD, WAITING, verdict_of
from assay_airflow.hooks import AssayHook


class AssayGateTrigger(BaseTrigger):
    """Fires when an evaluation is decided, or, with `held_until`, when it is let pass or that time is over.

    :param evaluation_id: which; or `dataset` and `partition`, for whatever is decided of them
    :param deadline: seconds since 1970 after which it gives up
    :param held_until: so long it waits for somebody to waive or unfreeze what is held
    """

    def __init__(
        self,
        assay_conn_id: str,
        deadline: float,
        evaluation_id: Optional[str] = None,
        dataset: Optional[str] = None,
        partition: str = "",
        namespace: Optional[str] = None,
        held_until: float = 0,
        poll_interval: float = 15,
        published: bool = False,
    ) -> None:
        super().__init__()
        self.assay_conn_id = assay_conn_id
        self.deadline = deadline
        self.evaluation_id = evaluation_id
        self.dataset = dataset
        self.partition = partition
        self.namespace = namespace
        self.held_until = held_until
        self.poll_interval = poll_interval
        self.published = published

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = (
            "assay_conn_id deadline evaluation_id dataset partition namespace held_until poll_interval published"
        ).split()
        return (
            "assay_airflow.triggers.AssayGateTrigger",
            {name: getattr(self, name) for name in names},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        trouble: Optional[str] = None
        client = await AssayHook(self.assay_conn_id).aget_conn()
        while True:
            try:
                # urllib waits in a thread of its own, so that other triggers go on.
                answer = await asyncio.to_thread(self._ask, client)
                trouble = None
                verdict = verdict_of(answer)
                waits = verdict == WAITING or (verdict == HELD and time.time() < self.held_until)
                waits = waits or (verdict == GO and self.published and not answer.get("published"))
                if not waits:
                    yield TriggerEvent({"answered": True})
                    return
            except AssayUnavailable as error:
                trouble = str(error)
            except AssayRefused as error:
                yield TriggerEvent({"answered": False, "refused": True, "detail": str(error)})
                return
            if time.time() >= self.deadline:
                detail = trouble or "There was no decision in time."
                yield TriggerEvent({"answered": False, "refused": False, "detail": detail})
                return
            await asyncio.sleep(self.poll_interval)

    def _ask(self, client) -> dict:
        if self.evaluation_id is not None:
            return client.evaluation(self.evaluation_id)
        return client.decision(self.dataset, self.partition, self.namespace)
