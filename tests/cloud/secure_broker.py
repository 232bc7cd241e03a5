"""A Kafka broker that lets nobody in without a proof of who he is, SASL over TLS, by an authority made here; and
that lets each do what its ACLs say."""

import os
import pathlib
import socket
import subprocess
import time

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from conftest import ROOT

KAFKA_VERSION = "3.5.2"
CACHE = pathlib.Path(os.environ.get("CALVE_CACHE", pathlib.Path.home() / ".cache/calve"))
HERE = pathlib.Path(__file__).resolve().parent
START_SECONDS_MAX = 60
USER, PASSWORD = "calve", "a pass\"word"  # may do everything, as MSK_KEY_ID may
MSK_KEY_ID, MSK_SECRET, MSK_REGION = "AKIDMSK", "msk/secret+key", "eu-central-1"

SASL = f"""
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512,OAUTHBEARER
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_{USER}="a pass\\\\\\"word";
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.oauthbearer.sasl.jaas.config=\
org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
listener.name.secure.oauthbearer.sasl.server.callback.handler.class=MskIamValidator
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:{USER};User:{MSK_KEY_ID}
"""


class SecureBroker:
    def __init__(self, folder: pathlib.Path, port: int) -> None:
        self.folder, self.open_port, self.port = folder, port, port + 2
        self.servers = f"localhost:{self.port}"
        self.authority = folder / "authority.pem"
        self.make_certificates()
        jars = CACHE / f"kafka-{KAFKA_VERSION}"
        subprocess.run(
            ["javac", "-cp", f"{jars}/*", "-d", folder, HERE / "broker/MskIamValidator.java"], check=True
        )
        self.write_properties()
        environment = {
            **os.environ, "CLASSPATH": f"{jars}/*:{folder}", "MSK_KEY_ID": MSK_KEY_ID, "MSK_SECRET": MSK_SECRET,
            "MSK_REGION": MSK_REGION,
        }  # fmt: skip
        log4j = ROOT / "deploy/local/kafka/log4j.properties"
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(
            ["java", "-Xmx384m", f"-Dlog4j.configuration=file:{log4j}", "kafka.Kafka", folder / "server.properties"],
            env=environment, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        try:
            self.admin = self.wait_until_ready()
            self.add_user(USER)
        except BaseException:
            self.stop()
            raise

    def openssl(self, *arguments: str | pathlib.Path) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def make_certificates(self) -> None:
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=calve test authority",
                     "-keyout", "authority.key", "-out", self.authority)  # fmt: skip
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "broker.key",
                     "-out", "broker.csr")  # fmt: skip
        (self.folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", "broker.csr", "-CA", self.authority, "-CAkey", "authority.key",
                     "-CAcreateserial", "-days", "1", "-extfile", "names", "-out", "broker.crt")  # fmt: skip
        key = (self.folder / "broker.key").read_text()
        (self.folder / "broker.pem").write_text(key + (self.folder / "broker.crt").read_text())

    def write_properties(self) -> None:
        data = self.folder / "data"
        data.mkdir()
        (data / "meta.properties").write_text("version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=1\n")
        common = (ROOT / "deploy/local/kafka/broker.properties").read_text()
        common = common.replace("CONTROLLER:PLAINTEXT", "CONTROLLER:PLAINTEXT,SECURE:SASL_SSL")
        controller = f"127.0.0.2:{self.open_port + 1}"
        listeners = f"BROKER://127.0.0.1:{self.open_port},CONTROLLER://{controller},SECURE://localhost:{self.port}"
        (self.folder / "server.properties").write_text(
            f"{common}{SASL}listeners={listeners}\ncontroller.quorum.voters=1@{controller}\nlog.dirs={data}\n"
            f"ssl.keystore.type=PEM\nssl.keystore.location={self.folder}/broker.pem\n"
        )

    def wait_until_ready(self) -> AdminClient:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "log").read_text()[-4000:]
            try:
                socket.create_connection(("localhost", self.port), timeout=1).close()
                admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{self.open_port}"})
                admin.list_topics(timeout=5)
                return admin
            except (OSError, KafkaException):
                time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text()[-4000:])

    def add_user(self, name: str) -> None:
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
        changes = [UserScramCredentialUpsertion(name, info, PASSWORD.encode())]
        for future in self.admin.alter_user_scram_credentials(changes).values():
            future.result()

    def allow(self, user: str, kind: ResourceType, name: str, operation: AclOperation) -> None:
        rule = AclBinding(
            kind, name, ResourcePatternType.LITERAL, f"User:{user}", "*", operation, AclPermissionType.ALLOW
        )
        for future in self.admin.create_acls([rule]).values():
            future.result()

    def make_topic(self, name: str) -> None:
        for future in self.admin.create_topics([NewTopic(name, num_partitions=2, replication_factor=1)]).values():
            future.result()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()
