"""Revenue of the day by country, to a table that nobody reads but the gate. Usage: candidate.py DAY."""

import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

(day,) = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
account = {"user": "assay_loader", "password": os.environ["STARROCKS_PASSWORD"]}
revenue = (
    spark.read.parquet(f"s3a://lake/silver/orders/dt={day}")
    .groupBy("country")
    .agg(F.count("order_id").alias("orders"), F.sum("amount").cast("decimal(18,2)").alias("revenue"))
    .select(F.lit(day).cast("date").alias("dt"), "country", "orders", "revenue")
)
# The candidate is this day alone: what an earlier run left goes first.
driver = spark._jvm.java.lang.Class.forName("com.mysql.cj.jdbc.Driver", True, spark._jvm.Thread.currentThread().getContextClassLoader())
properties = spark._jvm.java.util.Properties()
for name, value in account.items():
    properties.setProperty(name, value)
connection = driver.newInstance().connect("jdbc:mysql://starrocks-fe:9030/stage", properties)
try:
    connection.createStatement().execute("truncate table stage.orders")
finally:
    connection.close()
(
    revenue.write.format("starrocks")
    .option("starrocks.fe.http.url", "starrocks-fe:8030")
    .option("starrocks.fe.jdbc.url", "jdbc:mysql://starrocks-fe:9030")
    .option("starrocks.table.identifier", "stage.orders")
    .option("starrocks.user", account["user"])
    .option("starrocks.password", account["password"])
    .mode("append")
    .save()
)
spark.stop()
