"""Produces the lines of a file by librdkafka, each as one message, and prints the numbers of the acknowledged ones.

Usage: produce.py BROKER TOPIC COMPRESSION FILE
"""

import json
import sys

from confluent_kafka import Producer

broker, topic, compression, path = sys.argv[1:]
producer = Producer(
    {
        "bootstrap.servers": broker,
        "compression.type": compression,
        "acks": "all",
        "linger.ms": 20,
        "message.timeout.ms": 120000,
        "log_level": 0,
    }
)
acknowledged = []
with open(path, encoding="utf-8") as lines:
    for number, line in enumerate(lines):

        def told(error, _message, number=number):
            if error is None:
                acknowledged.append(number)

        producer.produce(topic, line.rstrip("\n").encode(), on_delivery=told)
        producer.poll(0.002)
producer.flush(120)
print(json.dumps(acknowledged))
