-- The peer: the same topic into an Iceberg table by Flink SQL alone. The checks are those that a WHERE can
-- say, and the table has no partitions: both make its work lighter than ours.
SET 'execution.checkpointing.interval' = '${INTERVAL}';
SET 'parallelism.default' = '${PARALLELISM}';
SET 'pipeline.object-reuse' = 'true';
SET 'pipeline.jars' = '${JARS}';

CREATE TABLE orders_topic (
  order_id STRING, customer_id STRING, email STRING, created_at TIMESTAMP_LTZ(6), status STRING,
  channel STRING, payment_method STRING, currency STRING,
  items ARRAY<ROW<sku STRING, name STRING, quantity INT, unit_price DECIMAL(12, 2)>>,
  subtotal DECIMAL(12, 2), discount DECIMAL(12, 2), shipping DECIMAL(12, 2), tax DECIMAL(12, 2),
  total DECIMAL(12, 2),
  shipping_address ROW<street STRING, city STRING, postal_code STRING, country STRING>,
  coupon STRING, note STRING,
  source_partition INT METADATA FROM 'partition' VIRTUAL,
  source_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  source_timestamp TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka', 'topic' = '${TOPIC}', 'properties.bootstrap.servers' = '${BROKERS}',
  'properties.group.id' = 'peer-${RUN}', 'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

CREATE CATALOG lake WITH ('type' = 'iceberg', 'catalog-type' = 'hadoop', 'warehouse' = 'file://${WAREHOUSE}');
CREATE DATABASE IF NOT EXISTS lake.peer;
CREATE TABLE lake.peer.orders_${RUN} (
  order_id STRING, customer_id STRING, email STRING, created_at TIMESTAMP_LTZ(6), status STRING,
  channel STRING, payment_method STRING, currency STRING,
  items ARRAY<ROW<sku STRING, name STRING, quantity INT, unit_price DECIMAL(12, 2)>>,
  subtotal DECIMAL(12, 2), discount DECIMAL(12, 2), shipping DECIMAL(12, 2), tax DECIMAL(12, 2),
  total DECIMAL(12, 2),
  shipping_address ROW<street STRING, city STRING, postal_code STRING, country STRING>,
  coupon STRING, note STRING,
  processed_at TIMESTAMP_LTZ(6), source_partition INT, source_offset BIGINT, source_timestamp TIMESTAMP_LTZ(6)
) WITH ('format-version' = '2', 'write.format.default' = 'parquet', 'write.parquet.compression-codec' = 'zstd');

INSERT INTO lake.peer.orders_${RUN}
SELECT order_id, customer_id, email, created_at, status, channel, payment_method, currency, items,
  subtotal, discount, shipping, tax, total, shipping_address, coupon, note,
  CURRENT_TIMESTAMP, source_partition, source_offset, source_timestamp
FROM orders_topic
WHERE order_id IS NOT NULL AND customer_id IS NOT NULL AND created_at IS NOT NULL AND total >= 0
  AND subtotal >= 0 AND discount >= 0 AND shipping >= 0 AND tax >= 0
  AND email LIKE '%@%' AND CHAR_LENGTH(currency) = 3 AND CARDINALITY(items) > 0;
