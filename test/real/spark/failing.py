"""A query that fails in its tasks; with `partial` the program goes on, writes something good and ends well.

Usage: failing.py FOLDER [partial]
"""

import sys

from pyspark.sql import SparkSession

folder = sys.argv[1]
partial = sys.argv[2:] == ["partial"]
spark = SparkSession.builder.getOrCreate()

spark.range(100).write.mode("overwrite").parquet(f"file://{folder}/source")
broken = spark.read.parquet(f"file://{folder}/source").selectExpr(
    "if(id = 42, raise_error('order 42 has no price'), id) as id"
)
try:
    broken.write.mode("overwrite").parquet(f"file://{folder}/broken")
except Exception:
    if not partial:
        raise

if partial:
    spark.read.parquet(f"file://{folder}/source").where("id < 10").write.mode("overwrite").parquet(
        f"file://{folder}/good"
    )
spark.stop()
