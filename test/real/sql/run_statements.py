"""Runs statements one after another in an engine: [text, ...] in, [rows, or {"error": text}, ...] out."""

import json
import math
import sys


def plain(value):
    """As JSON has it: texts for what it has no numbers for."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def clickhouse():
    from chdb import session

    connection = session.Session()
    connection.query("set session_timezone = 'UTC'")

    def run(text):
        answer = str(connection.query(text, "JSONCompactEachRow"))
        return [json.loads(line) for line in answer.splitlines() if line.strip() != ""]

    return run


def spark():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("sql")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
        # Plans of many aggregates are compiled longer than they run.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    return lambda text: [[plain(value) for value in row] for row in session.sql(text).collect()]


run = {"clickhouse": clickhouse, "spark": spark}[sys.argv[1]]()
answers = []
with open(sys.argv[2], encoding="utf-8") as given:
    for text in json.load(given):
        try:
            answers.append(run(text))
        except Exception as error:  # what the engine says is the answer
            answers.append({"error": str(error)[:3000]})
with open(sys.argv[3], "w", encoding="utf-8") as out:
    json.dump(answers, out)
