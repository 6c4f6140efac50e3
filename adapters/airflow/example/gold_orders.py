"""Spark brings orders to bronze and silver in MinIO and a candidate to StarRocks; Assay's gate makes it gold.

It runs in the Compose profile `all`; the password of Airflow's admin is in /secrets/airflow there.
"""

import os
from datetime import datetime, timedelta

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG
from assay_airflow.operators import AssayGateOperator
from assay_airflow.sensors import AssayGateSensor

JOBS = os.path.join(os.path.dirname(__file__), "jobs")
# The versions that Assay is tested with, and those that belong to Spark 3.5.
PACKAGES = ",".join(
    [
        "io.openlineage:openlineage-spark_2.12:1.53.0",
        "org.apache.hadoop:hadoop-aws:3.3.4",
        "com.starrocks:starrocks-spark-connector-3.5_2.12:1.1.2",
        "com.mysql:mysql-connector-j:8.4.0",
    ]
)
SPARK = {
    "packages": PACKAGES,
    "conf": {
        "spark.extraListeners": "io.openlineage.spark.agent.OpenLineageSparkListener",
        "spark.openlineage.namespace": "spark",
        "spark.hadoop.fs.s3a.endpoint": "http://minio:9000",
        "spark.hadoop.fs.s3a.path.style.access": "true",
        # From the environment of driver and workers, so that no secret stands in a command line.
        "spark.hadoop.fs.s3a.aws.credentials.provider": "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
        "spark.jars.ivy": "/tmp/ivy",
    },
}

with DAG(
    "gold_orders",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1)},
) as dag:
    silver = SparkSubmitOperator(
        task_id="silver",
        name="orders_silver",
        application=os.path.join(JOBS, "silver.py"),
        application_args=["{{ ds }}"],
        **SPARK,
    )
    candidate = SparkSubmitOperator(
        task_id="candidate",
        name="orders_candidate",
        application=os.path.join(JOBS, "candidate.py"),
        application_args=["{{ ds }}"],
        **SPARK,
    )
    gate = AssayGateOperator(
        task_id="gate",
        dataset="gold.orders",
        candidate="stage.orders",
        partition="dt={{ ds }}",
        publish=True,
        deferrable=True,
    )
    served = AssayGateSensor(task_id="served", dataset="gold.orders", partition="dt={{ ds }}", published=True)
    silver >> candidate >> gate >> served
