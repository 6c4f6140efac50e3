"""Bronze as it came, silver typed and without what cannot be read. Usage: silver.py DAY."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

(day,) = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()

# In place of a source: a thousand orders of the day, some without an amount.
landed = spark.range(1000).select(
    F.col("id").cast("string").alias("order_id"),
    F.element_at(F.array(*map(F.lit, ("DE", "FR", "JP"))), (F.col("id") % 3 + 1).cast("int")).alias("country"),
    F.when(F.col("id") % 50 != 0, (F.col("id") * 7 % 400 + 1).cast("string")).alias("amount"),
)
bronze = f"s3a://lake/bronze/orders/dt={day}"
landed.write.mode("overwrite").parquet(bronze)

orders = spark.read.parquet(bronze).where("amount is not null")
orders.select(
    F.col("order_id").cast("bigint").alias("order_id"),
    "country",
    F.col("amount").cast("decimal(18,2)").alias("amount"),
).write.mode("overwrite").parquet(f"s3a://lake/silver/orders/dt={day}")
spark.stop()
