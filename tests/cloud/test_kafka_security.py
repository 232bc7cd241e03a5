"""From produce to the tables through a broker that asks who we are: PLAIN, SCRAM, and MSK's tokens, over TLS."""

import json
import pathlib
import subprocess

import pytest
from confluent_kafka.admin import AclOperation, ResourceType
from conftest import CALVE, clean_environment
from secure_broker import MSK_KEY_ID, MSK_REGION, MSK_SECRET, PASSWORD, USER, SecureBroker

PORT = 9792
EVENTS = 300
EXIT_ACCESS_DENIED, EXIT_UNREACHABLE = 4, 5

JAAS = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="{}" password="{}";'
LOGINS = {
    "plain": {"KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SASL_USERNAME": USER, "KAFKA_SASL_PASSWORD": PASSWORD},
    "scram": {"KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_SASL_USERNAME": USER, "KAFKA_SASL_PASSWORD": PASSWORD},
    "scram-jaas": {
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_JAAS_CONFIG": JAAS.format(USER, PASSWORD.replace('"', r"\"")),
    },
    "msk-iam": {
        "KAFKA_SASL_MECHANISM": "OAUTHBEARER", "KAFKA_SASL_OAUTHBEARER_METHOD": "aws-msk-iam",
        "AWS_ACCESS_KEY_ID": MSK_KEY_ID, "AWS_SECRET_ACCESS_KEY": MSK_SECRET, "AWS_REGION": MSK_REGION,
    },
}  # fmt: skip
REFUSED = {
    "scram, wrong password": {**LOGINS["scram"], "KAFKA_SASL_PASSWORD": "guess"},
    "msk-iam, wrong secret": {**LOGINS["msk-iam"], "AWS_SECRET_ACCESS_KEY": "guess"},
    "msk-iam, another region": {**LOGINS["msk-iam"], "AWS_REGION": "eu-west-1"},
}

TOPIC, GROUP = ResourceType.TOPIC, ResourceType.GROUP
READ, DESCRIBE = AclOperation.READ, AclOperation.DESCRIBE
# What a user is granted, and which checks of `calve doctor` must say that it is not enough.
GRANTS = {
    "enough": ([(TOPIC, READ), (GROUP, READ)], []),
    "nothing of the group": ([(TOPIC, READ)], ["join group"]),
    "the group is seen alone": ([(TOPIC, READ), (GROUP, DESCRIBE)], ["join group"]),
    "the topic is seen alone": ([(TOPIC, DESCRIBE), (GROUP, READ)], ["read topic"]),
    "both are seen alone": ([(TOPIC, DESCRIBE), (GROUP, DESCRIBE)], ["read topic", "join group"]),
    "nothing of the topic": ([(GROUP, READ)], ["source"]),
    "nothing": ([], ["source", "join group"]),
}


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    broker = SecureBroker(tmp_path_factory.mktemp("secure-broker"), PORT)
    yield broker
    broker.stop()


def environment(broker: SecureBroker, folder: pathlib.Path, topic: str, login: dict[str, str]) -> dict[str, str]:
    return clean_environment(
        KAFKA_BOOTSTRAP_SERVERS=broker.servers, KAFKA_TOPIC=topic, KAFKA_SECURITY_PROTOCOL="SASL_SSL",
        KAFKA_SSL_CA_LOCATION=str(broker.authority), ICEBERG_WAREHOUSE=str(folder / "warehouse"), **login,
    )  # fmt: skip


def calve(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([CALVE, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("login", LOGINS)
def test_the_whole_journey(broker, tmp_path, login):
    topic = f"orders.{login}"
    broker.make_topic(topic)
    settings = environment(broker, tmp_path, topic, LOGINS[login])
    for arguments in (("produce", "--count", str(EVENTS)), ("run", "--until-end")):
        done = calve(settings, *arguments)
        assert done.returncode == 0, done.stderr
    done = calve(settings, "verify", "--output", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(EVENTS) in done.stdout
    assert json.loads(done.stdout)


@pytest.mark.parametrize("login", REFUSED)
def test_who_is_not_let_in_is_told(broker, tmp_path, login):
    broker.make_topic(f"orders.{abs(hash(login))}")
    settings = environment(broker, tmp_path, f"orders.{abs(hash(login))}", REFUSED[login])
    done = calve(settings, "run", "--until-end")
    assert done.returncode == EXIT_ACCESS_DENIED, done.stderr
    assert "guess" not in done.stderr


@pytest.mark.parametrize("grants", GRANTS)
def test_each_permission_that_is_missing_is_named(broker, tmp_path, grants):
    granted, missing = GRANTS[grants]
    name = grants.replace(" ", "-")
    user, topic, group = f"user-{name}", f"topic-{name}", f"group-{name}"
    broker.make_topic(topic)
    broker.add_user(user)
    for kind, operation in granted:
        broker.allow(user, kind, topic if kind == TOPIC else group, operation)
    assert calve(environment(broker, tmp_path, topic, LOGINS["scram"]), "produce", "--count", "100").returncode == 0
    limited = {**LOGINS["scram"], "KAFKA_SASL_USERNAME": user, "KAFKA_GROUP_ID": group}
    settings = environment(broker, tmp_path, topic, limited)

    done = calve(settings, "doctor", "--output", "json")
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert [name for name, check in checks.items() if check["result"] == "fail"] == missing
    for check in missing:
        assert "grant READ" in checks[check]["cause"]
        assert (group if check == "join group" else topic) in checks[check]["cause"]
    assert done.returncode == (EXIT_ACCESS_DENIED if missing else 0)

    # It is what calve run meets.
    assert calve(settings, "run", "--until-end").returncode == done.returncode


def test_a_broker_of_an_unknown_authority_is_not_talked_to(broker, tmp_path):
    settings = environment(broker, tmp_path, "orders.scram", LOGINS["scram"])
    del settings["KAFKA_SSL_CA_LOCATION"]
    done = calve(settings, "run", "--until-end")
    assert done.returncode == EXIT_UNREACHABLE, done.stderr
    assert "ssl.ca.location" in done.stderr
