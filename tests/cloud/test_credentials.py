"""The whole journey with keys that nobody configured: those of a pod, of a container, of an instance."""

import datetime
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from conftest import CALVE, clean_environment
from services import BUCKET, GLUE_ENDPOINT, Services

# Keys are renewed from five minutes before they expire on: the short-lived are, with every request.
SHORT_SECONDS, LONG_SECONDS = 200, 3600
ROLE = "arn:aws:iam::123456789012:role/orders-pipeline"


class Agent:
    """A container's agent and an instance's metadata service. It counts how often keys were given."""

    def __init__(self) -> None:
        self.given = 0
        self.lifetime_seconds = SHORT_SECONDS
        agent = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self.answer(b"token-of-imds" if self.path == "/latest/api/token" else b"")

            def do_GET(self) -> None:
                role = "/latest/meta-data/iam/security-credentials/"
                if self.path == role:
                    self.answer(b"orders-pipeline")
                elif self.path == f"{role}orders-pipeline":
                    assert self.headers["X-aws-ec2-metadata-token"] == "token-of-imds"
                    self.answer(agent.keys())
                elif self.path == "/container":
                    assert self.headers["Authorization"] == "token-of-agent"
                    self.answer(agent.keys())
                else:
                    self.send_error(404)

            def answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def keys(self) -> bytes:
        self.given += 1
        expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.lifetime_seconds)
        return json.dumps(
            {"Code": "Success", "AccessKeyId": f"ASIA{self.given}", "SecretAccessKey": "secret", "Token": "session",
             "Expiration": expiry.strftime("%Y-%m-%dT%H:%M:%SZ")}
        ).encode()  # fmt: skip


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("credentials"))
    services.script("glue", "start")
    services.script("glue", "bucket", BUCKET)
    try:
        yield services
    finally:
        services.script("glue", "kill")


@pytest.fixture
def agent():
    agent = Agent()
    yield agent
    agent.server.shutdown()


def journey(folder, **variables: str) -> None:
    environment = clean_environment(
        HOME=str(folder), CALVE_DATA_DIR=str(folder / "data"), AWS_ENDPOINT_URL=GLUE_ENDPOINT, AWS_REGION="us-east-1",
        ICEBERG_CATALOG_TYPE="glue", ICEBERG_WAREHOUSE=f"s3://{BUCKET}/{folder.name}",
        ICEBERG_NAMESPACE=folder.name.replace("-", "_").lower(), **variables,
    )  # fmt: skip
    for arguments in (("produce", "--count", "500"), ("run", "--until-end"), ("verify",), ("doctor",)):
        done = subprocess.run(
            [CALVE, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"calve {arguments}\n{done.stdout}\n{done.stderr}"


def test_of_a_pod(services, tmp_path):
    iam = boto3.client("iam", endpoint_url=GLUE_ENDPOINT, region_name="us-east-1", aws_access_key_id="test",
                       aws_secret_access_key="test")  # fmt: skip
    iam.create_role(RoleName=ROLE.rsplit("/", 1)[1], AssumeRolePolicyDocument="{}")
    token = tmp_path / "token"
    token.write_text("ey.a-token-of-kubernetes\n")
    journey(tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE=str(token), AWS_ROLE_ARN=ROLE)


def test_of_a_container(services, tmp_path, agent):
    journey(tmp_path, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{agent.url}/container",
            AWS_CONTAINER_AUTHORIZATION_TOKEN="token-of-agent")  # fmt: skip
    assert agent.given > 10, "keys that expire soon are renewed while calve runs"


def test_all_clients_of_a_process_share_its_keys(services, tmp_path, agent):
    agent.lifetime_seconds = LONG_SECONDS
    journey(tmp_path, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{agent.url}/container",
            AWS_CONTAINER_AUTHORIZATION_TOKEN="token-of-agent")  # fmt: skip
    assert agent.given == 3, "once for each of run, verify and doctor, though each talks to S3 and to Glue"


def test_of_an_instance(services, tmp_path, agent):
    journey(tmp_path, AWS_EC2_METADATA_SERVICE_ENDPOINT=agent.url)
    assert agent.given > 10


def test_none_at_all_is_told(services, tmp_path):
    environment = clean_environment(HOME=str(tmp_path), AWS_EC2_METADATA_DISABLED="true", AWS_ENDPOINT_URL=GLUE_ENDPOINT,
                                    ICEBERG_WAREHOUSE=f"s3://{BUCKET}/none")  # fmt: skip
    done = subprocess.run([CALVE, "doctor"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 4, done.stderr
    for place in ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_PROFILE", "the container", "IMDSv2"):
        assert place in done.stdout
