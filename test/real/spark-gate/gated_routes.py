"""Writes so many routes of one day as a candidate and asks the gate. Usage: gated_routes.py JDBC_URL DAY ROWS TABLE."""

import json
import sys

from assay_gate import GateHeld, GateUnavailable, gated_write
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

jdbc, day, rows, table = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
routes = spark.range(1, int(rows) + 1).select(
    F.lit(day).cast("date").alias("flight_date"),
    F.concat(F.lit("R"), F.col("id").cast("string")).alias("route"),
    (F.col("id") * 10).cast("int").alias("flights"),
)
try:
    answer = gated_write(
        routes,
        lambda frame: frame.write.jdbc(jdbc, table, mode="append", properties={"driver": "org.postgresql.Driver"}),
        dataset="gold.daily_routes",
        candidate=table,
        partition=f"flight_date={day}",
    )
    print("GATE", json.dumps([answer["decision"], answer["publication"]["state"]]))
except (GateHeld, GateUnavailable) as error:
    print("GATE", json.dumps([type(error).__name__, str(error)]))
    sys.exit(3)
finally:
    spark.stop()
