"""deploy/aws against the services' own models, and the engine with no other permissions than its policy gives."""

import json
import re
import subprocess
import urllib.request
import uuid

import boto3
import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator
from conftest import CALVE, ROOT, clean_environment
from services import MOTO_PORT, Services

DOCUMENTS = ROOT / "deploy/aws"
ENDPOINT = f"http://127.0.0.1:{MOTO_PORT}"
BUCKET = "lake"
EXIT_ACCESS_DENIED = 4
# Only large objects are sent in parts.
NOT_MET_BY_A_SHORT_JOURNEY = {"s3:AbortMultipartUpload"}
# Managed Flink sets these itself, and refuses a job that does.
SET_BY_MANAGED_FLINK = ("FLINK_CHECKPOINT_INTERVAL", "FLINK_CHECKPOINT_DIR", "FLINK_PARALLELISM")


def document(name: str) -> dict:
    return json.loads((DOCUMENTS / name).read_text())


def actions(policy: dict) -> list[str]:
    found = []
    for statement in policy["Statement"]:
        action = statement["Action"]
        found += action if isinstance(action, list) else [action]
    return found


def faults(value, shape: Shape, path: str) -> list[str]:
    """What botocore's own validation leaves to the service: patterns, enumerations, lengths."""
    found = []
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            found += faults(member, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for index, member in enumerate(value):
            found += faults(member, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for name, member in value.items():
            found += faults(name, shape.key, f"{path} key") + faults(member, shape.value, f"{path}[{name}]")
    elif isinstance(shape, StringShape):
        metadata = shape.metadata
        if "enum" in metadata and value not in metadata["enum"]:
            found.append(f"{path}: {value} is none of {metadata['enum']}")
        # Those with Java's surrogates mean any text.
        if r"\u" not in metadata.get("pattern", r"\u") and not re.fullmatch(metadata["pattern"], value):
            found.append(f"{path}: {value} does not match {metadata['pattern']}")
        if not metadata.get("min", 0) <= len(value) <= metadata.get("max", len(value)):
            found.append(f"{path}: {len(value)} characters")
    return found


@pytest.mark.parametrize(
    ("name", "service", "operation"),
    [
        ("managed-flink-application.json", "kinesisanalyticsv2", "CreateApplication"),
        ("emr-step.json", "emr", "AddJobFlowSteps"),
    ],
)
def test_a_request_is_what_the_service_takes(name, service, operation):
    shape = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    request = document(name)
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    assert faults(request, shape, name) == []


def job_settings() -> dict[str, dict[str, str]]:
    application = document("managed-flink-application.json")["ApplicationConfiguration"]
    groups = application["EnvironmentProperties"]["PropertyGroups"]
    arguments = document("emr-step.json")["Steps"][0]["HadoopJarStep"]["Args"]
    jar = next(index for index, argument in enumerate(arguments) if argument.endswith(".jar"))
    return {
        "managed flink": next(group["PropertyMap"] for group in groups if group["PropertyGroupId"] == "calve"),
        "emr": dict(argument.split("=", 1) for argument in arguments[jar + 1 :]),
    }


@pytest.mark.parametrize("service", ["managed flink", "emr"])
def test_the_job_is_given_settings_that_there_are(service):
    settings = job_settings()[service]
    assert not set(settings) & set(SET_BY_MANAGED_FLINK)
    done = subprocess.run(
        [CALVE, "config", "--output", "json"], env=clean_environment(**settings), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for value in (settings["KAFKA_BOOTSTRAP_SERVERS"], settings["ICEBERG_WAREHOUSE"]):
        assert value in done.stdout


@pytest.mark.parametrize("name", sorted(path.name for path in DOCUMENTS.glob("*-policy.json")))
def test_a_policy_is_well_formed_and_names_what_it_is_for(name):
    policy = document(name)
    assert policy["Version"] == "2012-10-17"
    for statement in policy["Statement"]:
        assert statement["Effect"] in ("Allow", "Deny")
        assert set(statement) <= {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
        is_everything = statement.get("Resource") == "*"
        assert not is_everything or all(action.startswith("ec2:Describe") for action in statement["Action"])
        if statement["Effect"] == "Allow":
            assert all("*" not in action for action in actions({"Statement": [statement]}))


def test_the_bucket_policy_denies_what_has_no_condition_alone():
    statement = document("warehouse-bucket-policy.json")["Statement"][0]
    assert statement["Effect"] == "Deny"
    assert statement["Action"] == "s3:PutObject"
    assert statement["Condition"]["Null"] == {"s3:if-none-match": "true"}
    covered = re.compile(re.escape(statement["Resource"]).replace(r"\*", ".*"))
    table = "arn:aws:s3:::lake/warehouse/analytics/orders/metadata/"
    assert covered.fullmatch(f"{table}v12.metadata.json")
    for unconditional in ("version-hint.text", "00001-uuid.metadata.json", "snap-1.avro", "calve-journal-1.json"):
        assert not covered.fullmatch(table + unconditional), unconditional


class Account:
    """moto asks each request for its signature and each user for his permissions, as soon as it is told to. It
    does not know resources of Glue, nor conditions."""

    def __init__(self) -> None:
        self.iam = self.client("iam")
        self.client("s3").create_bucket(Bucket=BUCKET)

    @staticmethod
    def client(service: str):
        return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id="test",
                            aws_secret_access_key="test")  # fmt: skip

    @staticmethod
    def enforce(is_on: bool) -> None:
        request = urllib.request.Request(
            f"{ENDPOINT}/moto-api/reset-auth", method="POST", data=b"0" if is_on else b"inf",
            headers={"Content-Type": "text/plain"},
        )  # fmt: skip
        urllib.request.urlopen(request).read()

    def user(self, without: str) -> dict[str, str]:
        """The environment of somebody who may do what the engine's policy says, but for one action."""
        statements = []
        for statement in document("engine-policy.json")["Statement"]:
            allowed = [action for action in actions({"Statement": [statement]}) if action != without]
            resource = "*" if statement["Sid"] == "TablesInGlue" else statement["Resource"]
            if allowed:
                statements.append({"Effect": "Allow", "Action": allowed, "Resource": resource})
        name = f"user-{uuid.uuid4().hex}"
        self.iam.create_user(UserName=name)
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.iam.put_user_policy(UserName=name, PolicyName="engine", PolicyDocument=policy)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return clean_environment(
            AWS_ENDPOINT_URL=ENDPOINT, AWS_REGION="us-east-1", AWS_ACCESS_KEY_ID=key["AccessKeyId"],
            AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"], ICEBERG_CATALOG_TYPE="glue",
            ICEBERG_WAREHOUSE=f"s3://{BUCKET}/warehouse", ICEBERG_NAMESPACE=name.replace("-", "_"),
        )  # fmt: skip


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("account"))
    services.script("glue", "start")
    try:
        yield Account()
    finally:
        services.script("glue", "kill")


@pytest.fixture
def enforced(account):
    yield account
    account.enforce(False)


def calve(environment, folder, *arguments):
    return subprocess.run(
        [CALVE, *arguments, "--data-dir", folder / "data"], env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def test_the_engine_needs_nothing_beyond_its_policy(enforced, tmp_path):
    environment = enforced.user(without="")
    enforced.enforce(True)
    for arguments in (("produce", "--count", "500"), ("run", "--until-end"), ("verify",), ("doctor",)):
        done = calve(environment, tmp_path, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


ENGINE_ACTIONS = [
    action
    for action in actions(document("engine-policy.json"))
    if action.startswith(("s3:", "glue:")) and action not in NOT_MET_BY_A_SHORT_JOURNEY
]


@pytest.mark.parametrize("action", ENGINE_ACTIONS)
def test_each_permission_is_needed_and_missed_by_name(enforced, tmp_path, action):
    environment = enforced.user(without=action)
    assert calve(environment, tmp_path, "produce", "--count", "500").returncode == 0
    enforced.enforce(True)
    found = [calve(environment, tmp_path, *arguments) for arguments in (("run", "--until-end"), ("doctor",))]
    denied = [done for done in found if done.returncode == EXIT_ACCESS_DENIED and action in done.stdout + done.stderr]
    assert denied, [done.stdout + done.stderr for done in found]


def test_doctor_names_every_permission_that_is_missing(enforced, tmp_path):
    """Of a pipeline that ran before; those that make tables are not needed any more."""
    environment = enforced.user(without="")
    for arguments in (("produce", "--count", "500"), ("run", "--until-end")):
        assert calve(environment, tmp_path, *arguments).returncode == 0
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "glue:GetTable", "glue:UpdateTable"):
        keys = {name: text for name, text in enforced.user(without=action).items() if name.startswith("AWS_")}
        enforced.enforce(True)
        done = calve({**environment, **keys}, tmp_path, "doctor", "--output", "json")
        enforced.enforce(False)
        assert done.returncode == EXIT_ACCESS_DENIED, f"{action}: {done.stdout}"
        failed = [check for check in json.loads(done.stdout)["checks"] if check["result"] == "fail"]
        assert all(action in check["cause"] for check in failed), f"{action}: {failed}"
