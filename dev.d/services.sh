# shellcheck shell=bash
# Kafka and LocalStack on this machine, for work by hand.

dev_up() {
  install_packages "${TEST_PACKAGES[@]}"
  deploy/local/kafka.sh start
  deploy/local/kafka.sh topic orders.created.v1 4
  deploy/local/localstack.sh start
  deploy/local/localstack.sh bucket lake
  say "for calve in this shell: eval \"\$(./dev env)\""
}

dev_env() {
  deploy/local/kafka.sh env
  deploy/local/localstack.sh env
  echo "export ICEBERG_WAREHOUSE=s3://lake/warehouse"
}

dev_down() {
  deploy/local/kafka.sh stop
  deploy/local/localstack.sh stop
}
