"""The stand-ins for a cloud, on ports of their own: Kafka, two S3 servers, Glue, and Iceberg's REST catalog server
over a folder and over each S3."""

import pathlib
import subprocess

from conftest import ROOT, clean_environment

KAFKA_PORT, MOTO_PORT, LOCALSTACK_PORT = 9792, 5155, 5166
REST_PORTS = {"folder": 5181, "localstack": 5182, "moto": 5183}
BUCKET = "calve-matrix"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
S3_ENDPOINTS = {
    "localstack": f"http://127.0.0.1:{LOCALSTACK_PORT}",
    "moto": f"http://127.0.0.1:{MOTO_PORT}",
}
GLUE_ENDPOINT = f"http://127.0.0.1:{MOTO_PORT}"
START_SECONDS_MAX = 300  # the first time fetches the software


class Services:
    def __init__(self, state: pathlib.Path) -> None:
        self.state = state
        self.folder = state / "tables"
        self.environment = clean_environment(
            CALVE_STATE=str(state), KAFKA_PORT=str(KAFKA_PORT), KAFKA_HEAP_MB="384", GLUE_PORT=str(MOTO_PORT),
            LOCALSTACK_PORT=str(LOCALSTACK_PORT), **KEYS,
        )  # fmt: skip

    def script(self, name: str, *arguments: str, **environment: str) -> None:
        done = subprocess.run(
            [ROOT / "deploy/local" / f"{name}.sh", *arguments], env={**self.environment, **environment},
            capture_output=True, text=True, timeout=START_SECONDS_MAX, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{name}.sh {arguments}: {done.stderr}"

    def rest(self, command: str, store: str) -> None:
        warehouse = str(self.folder / "rest") if store == "folder" else f"s3://{BUCKET}/rest"
        more = {"AWS_ENDPOINT_URL_S3": S3_ENDPOINTS[store]} if store in S3_ENDPOINTS else {}
        self.script("rest_catalog", command, REST_CATALOG_PORT=str(REST_PORTS[store]), REST_CATALOG_HEAP_MB="128",
                    REST_CATALOG_WAREHOUSE=warehouse, **more)  # fmt: skip

    def start(self) -> None:
        self.folder.mkdir()
        self.script("glue", "start")
        self.script("glue", "bucket", BUCKET)
        self.script("localstack", "start")
        self.script("localstack", "bucket", BUCKET)
        self.script("kafka", "start")
        for store in REST_PORTS:
            self.rest("start", store)

    def stop(self) -> None:
        for store in REST_PORTS:
            self.rest("kill", store)
        for name in ("kafka", "localstack", "glue"):
            self.script(name, "kill")

    def topic(self, name: str) -> None:
        self.script("kafka", "topic", name, "2")
