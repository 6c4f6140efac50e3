"""Writes to a Delta table and to an Iceberg table.

Usage: lakehouse.py FOLDER. FOLDER holds landing/orders/*.csv.
"""

import sys

from pyspark.sql import SparkSession

folder = sys.argv[1]
spark = SparkSession.builder.getOrCreate()

landed = spark.read.option("header", True).csv(f"file://{folder}/landing/orders")

# Delta: append twice, the second time only what names no amount.
landed.write.format("delta").mode("append").save(f"file://{folder}/delta/orders")
landed.where("amount is null").write.format("delta").mode("append").save(f"file://{folder}/delta/orders")

# Iceberg: a partitioned table in a catalog of files.
spark.sql(
    "create table lake.shop.orders (order_id string, amount double, dt string) using iceberg partitioned by (dt)"
)
landed.createOrReplaceTempView("landed")
spark.sql(
    "insert into lake.shop.orders "
    "select order_id, cast(amount as double), dt from landed where amount is not null"
)

# And one that is gone again.
spark.sql("create table lake.shop.gone (order_id string) using iceberg")
spark.sql("insert into lake.shop.gone values ('1')")
spark.sql("drop table lake.shop.gone")

spark.stop()
