"""Submits a program of test/real/spark, ASSAY_PROGRAM with ASSAY_ARGUMENTS, as the Airflow provider does it."""

import json
import os
from datetime import datetime

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

program = os.environ["ASSAY_PROGRAM"]
arguments = json.loads(os.environ["ASSAY_ARGUMENTS"])

with DAG("medallion_daily", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False):
    land = BashOperator(task_id="land", bash_command="echo landed")
    submit = SparkSubmitOperator(
        task_id="submit",
        application=os.path.join(os.environ["ASSAY_PROGRAMS"], f"{program}.py"),
        name=program,
        application_args=arguments,
        jars=os.environ["ASSAY_JARS"],
        conf={
            "spark.extraListeners": "io.openlineage.spark.agent.OpenLineageSparkListener",
            "spark.openlineage.namespace": "spark",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.enabled": "false",
        },
    )
    land >> submit
