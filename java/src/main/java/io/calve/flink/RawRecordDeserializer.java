package io.calve.flink;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Hands the bytes on as they came: the engine is the one that reads them. */
final class RawRecordDeserializer implements KafkaRecordDeserializationSchema<RawRecord> {
  private transient RawRecord record;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> consumed, Collector<RawRecord> out) {
    if (record == null) {
      record = new RawRecord();
    }
    record.partition = consumed.partition();
    record.offset = consumed.offset();
    record.timestampMs = consumed.timestamp();
    record.value = consumed.value();
    out.collect(record);
  }

  @Override
  public TypeInformation<RawRecord> getProducedType() {
    return TypeInformation.of(RawRecord.class);
  }
}
