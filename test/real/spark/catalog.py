"""Tables of a Hive catalogue: one partition is written, a table is made by a query and gets another name.

Usage: catalog.py FOLDER DAY. FOLDER holds landing/orders/*.csv.
"""

import sys

from pyspark.sql import SparkSession

folder, day = sys.argv[1:]
spark = SparkSession.builder.enableHiveSupport().getOrCreate()

spark.read.option("header", True).csv(f"file://{folder}/landing/orders").createOrReplaceTempView("landed")
spark.sql("create database shop")
spark.sql("create table shop.orders (order_id bigint, amount double) partitioned by (dt string) stored as parquet")
spark.sql(
    f"insert overwrite table shop.orders partition (dt = '{day}') "
    f"select cast(order_id as bigint), cast(amount as double) from landed where dt = '{day}'"
)
spark.sql(
    "create table shop.ranked stored as parquet as "
    "select order_id, row_number() over (order by amount desc) as place from shop.orders where amount is not null"
)
spark.sql("alter table shop.ranked rename to shop.ranking")

spark.stop()
