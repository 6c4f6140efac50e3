"""Emits COUNT runs through the official client, and one event about a dataset and one about a job alone.

Usage: emit.py TRANSPORT COUNT, with the transport's configuration as JSON. Run number i is about the day i days
after 2026-01-01: it reads a topic and writes that day's partition with 1000 + i rows. Every fifth run fails.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
    StaticDataset,
)
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    documentation_dataset,
    error_message_run,
    nominal_time_run,
    output_statistics_output_dataset,
    schema_dataset,
)
from openlineage.client.uuid import generate_new_uuid

transport, count = json.loads(sys.argv[1]), int(sys.argv[2])
client = OpenLineageClient(config={"transport": transport})
job = Job(namespace="clients", name="emitted")
begin = datetime(2026, 1, 1, tzinfo=timezone.utc)


def now() -> str:
    return datetime.now(timezone.utc).isoformat()


for i in range(count):
    day = begin + timedelta(days=i)
    facets = {"nominalTime": nominal_time_run.NominalTimeRunFacet(nominalStartTime=day.isoformat())}
    run = Run(runId=str(generate_new_uuid()), facets=facets)
    topic = InputDataset(namespace="kafka://broker:9092", name="orders")
    client.emit(RunEvent(eventType=RunState.START, eventTime=now(), run=run, job=job, inputs=[topic], outputs=[]))
    fails = i % 5 == 4
    if fails:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
            message=f"day {i} is bad", programmingLanguage="PYTHON"
        )
    lineage = column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={
            "id": column_lineage_dataset.Fields(
                inputFields=[
                    column_lineage_dataset.InputField(
                        namespace="kafka://broker:9092",
                        name="orders",
                        field="order_id",
                        transformations=[
                            column_lineage_dataset.Transformation(type="DIRECT", subtype="IDENTITY", masking=False)
                        ],
                    )
                ]
            )
        }
    )
    written = OutputDataset(
        namespace="s3://lake",
        name=f"emitted/dt={day:%Y-%m-%d}",
        facets={
            "schema": schema_dataset.SchemaDatasetFacet(
                fields=[
                    schema_dataset.SchemaDatasetFacetFields(name="id", type="bigint"),
                    schema_dataset.SchemaDatasetFacetFields(name="größe", type="double"),
                ]
            ),
            "columnLineage": lineage,
        },
        outputFacets={
            "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                rowCount=1000 + i, size=10 * i
            )
        },
    )
    state = RunState.FAIL if fails else RunState.COMPLETE
    client.emit(RunEvent(eventType=state, eventTime=now(), run=run, job=job, inputs=[], outputs=[written]))

documented = {"documentation": documentation_dataset.DocumentationDatasetFacet(description="What was ordered")}
client.emit(
    DatasetEvent(
        eventTime=now(),
        dataset=StaticDataset(namespace="kafka://broker:9092", name="orders", facets=documented),
    )
)
client.emit(
    JobEvent(
        eventTime=now(),
        job=Job(namespace="clients", name="planned"),
        inputs=[InputDataset(namespace="s3://lake", name="emitted")],
        outputs=[OutputDataset(namespace="s3://lake", name="planned")],
    )
)
client.close(timeout=60)
