"""The DAG that the environment names, of the tasks that it lists, in a row: [{"type", "task_id", ...arguments}]."""

import json
import os
from datetime import datetime, timedelta

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
from assay_airflow.operators import AssayGateOperator
from assay_airflow.sensors import AssayGateSensor

KINDS = {
    "operator": (AssayGateOperator, {"poll_interval": 1}),
    "sensor": (AssayGateSensor, {"poke_interval": 1}),
}

with DAG(os.environ["GATED_DAG"], schedule=None, start_date=datetime(2026, 1, 1), catchup=False):
    before = None
    for arguments in json.loads(os.environ["GATED_TASKS"]):
        kind, more = KINDS[arguments.pop("type")]
        task = kind(retries=1, retry_delay=timedelta(seconds=0), **more, **arguments)
        if before is not None:
            before >> task
        before = task
