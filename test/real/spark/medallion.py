"""Landing CSV -> bronze -> silver -> gold, as a pipeline would write it: parquet partitioned by dt.

Usage: medallion.py FOLDER DAY. FOLDER holds landing/orders/*.csv and landing/customers.csv.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

folder, day = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()

# Bronze: all days at once, partitioned by Spark itself.
landed = spark.read.option("header", True).csv(f"file://{folder}/landing/orders")
landed.write.mode("overwrite").partitionBy("dt").parquet(f"file://{folder}/bronze/orders")

# Silver: one day, typed, without the orders that name no amount.
bronze = spark.read.parquet(f"file://{folder}/bronze/orders/dt={day}")
silver = bronze.where("amount is not null").select(
    F.col("order_id").cast("bigint").alias("order_id"),
    F.col("customer_id").cast("bigint").alias("customer_id"),
    F.col("amount").cast("double").alias("amount"),
)
silver.write.mode("overwrite").parquet(f"file://{folder}/silver/orders/dt={day}")

# Gold: revenue of the day by country.
orders = spark.read.parquet(f"file://{folder}/silver/orders/dt={day}")
customers = spark.read.option("header", True).csv(f"file://{folder}/landing/customers.csv")
gold = (
    orders.join(customers, orders.customer_id == customers.id.cast("bigint"))
    .groupBy("country")
    .agg(F.sum("amount").alias("revenue"), F.count("order_id").alias("orders"))
)
gold.write.mode("overwrite").parquet(f"file://{folder}/gold/revenue/dt={day}")

spark.stop()
