import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClient;
import io.openlineage.client.transports.HttpConfig;
import io.openlineage.client.transports.HttpTransport;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;

/**
 * Emits runs through the official client as emit.py does: java Emit.java URL COUNT gzip|plain. Run number i
 * is about the day i days after 2026-01-01 and writes that day's partition with 1000 + i rows; every fifth fails.
 */
public class Emit {
  public static void main(String[] arguments) throws Exception {
    HttpConfig config = new HttpConfig();
    config.setUrl(URI.create(arguments[0]));
    if (arguments[2].equals("gzip")) config.setCompression(HttpConfig.Compression.GZIP);
    OpenLineage ol = new OpenLineage(URI.create("https://assay.test/emit"));
    try (OpenLineageClient client = OpenLineageClient.builder().transport(new HttpTransport(config)).build()) {
      OpenLineage.Job job = ol.newJobBuilder().namespace("clients").name("emitted").build();
      for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
        ZonedDateTime day = ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC).plusDays(i);
        UUID runId = UUID.randomUUID();
        OpenLineage.NominalTimeRunFacet nominal = ol.newNominalTimeRunFacetBuilder().nominalStartTime(day).build();
        client.emit(
            ol.newRunEventBuilder()
                .eventType(OpenLineage.RunEvent.EventType.START)
                .eventTime(ZonedDateTime.now(ZoneOffset.UTC))
                .run(ol.newRun(runId, ol.newRunFacetsBuilder().nominalTime(nominal).build()))
                .job(job)
                .inputs(List.of(ol.newInputDatasetBuilder().namespace("kafka://broker:9092").name("orders").build()))
                .build());
        boolean fails = i % 5 == 4;
        OpenLineage.RunFacetsBuilder facets = ol.newRunFacetsBuilder().nominalTime(nominal);
        if (fails) facets.errorMessage(ol.newErrorMessageRunFacet("day " + i + " is bad", "JAVA", null));
        client.emit(
            ol.newRunEventBuilder()
                .eventType(fails ? OpenLineage.RunEvent.EventType.FAIL : OpenLineage.RunEvent.EventType.COMPLETE)
                .eventTime(ZonedDateTime.now(ZoneOffset.UTC))
                .run(ol.newRun(runId, facets.build()))
                .job(job)
                .outputs(List.of(written(ol, day, i)))
                .build());
      }
    }
  }

  static OpenLineage.OutputDataset written(OpenLineage ol, ZonedDateTime day, int i) {
    return ol.newOutputDatasetBuilder()
        .namespace("s3://lake")
        .name("emitted/dt=" + day.toLocalDate())
        .facets(
            ol.newDatasetFacetsBuilder()
                .schema(
                    ol.newSchemaDatasetFacetBuilder()
                        .fields(
                            List.of(
                                ol.newSchemaDatasetFacetFieldsBuilder().name("id").type("bigint").build(),
                                ol.newSchemaDatasetFacetFieldsBuilder().name("gr\u00f6\u00dfe").type("double").build()))
                        .build())
                .columnLineage(lineage(ol))
                .build())
        .outputFacets(
            ol.newOutputDatasetOutputFacetsBuilder()
                .outputStatistics(
                    ol.newOutputStatisticsOutputDatasetFacetBuilder().rowCount(1000L + i).size(10L * i).build())
                .build())
        .build();
  }

  static OpenLineage.ColumnLineageDatasetFacet lineage(OpenLineage ol) {
    OpenLineage.InputField input =
        ol.newInputFieldBuilder()
            .namespace("kafka://broker:9092")
            .name("orders")
            .field("order_id")
            .transformations(
                List.of(
                    ol.newInputFieldTransformationsBuilder()
                        .type("DIRECT")
                        .subtype("IDENTITY")
                        .masking(false)
                        .build()))
            .build();
    return ol.newColumnLineageDatasetFacetBuilder()
        .fields(
            ol.newColumnLineageDatasetFacetFieldsBuilder()
                .put(
                    "id",
                    ol.newColumnLineageDatasetFacetFieldsAdditionalBuilder().inputFields(List.of(input)).build())
                .build())
        .build();
  }
}
