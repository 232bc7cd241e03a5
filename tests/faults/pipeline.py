"""A pipeline under test: its source, its tables, and the calve processes that a test starts and kills."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

import accounting

TALLY = {"kills": 0, "starts": 0, "events": 0}
ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN_SECONDS_MAX = 120


class Engine:
    """One running `calve run`."""

    def __init__(self, command, environment, log_path):
        self.log_path = log_path
        self.log = open(log_path, "ab")
        TALLY["starts"] += 1
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)

    def kill(self):
        if self.process.poll() is None:
            TALLY["kills"] += 1
            self.process.send_signal(signal.SIGKILL)
        return self.process.wait()

    def stop(self, timeout=60):
        """SIGTERM: the last commit, and exit 0."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"alive {timeout} s after SIGTERM: {self.text()}") from None

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def wait(self, timeout=RUN_SECONDS_MAX):
        return self.process.wait(timeout)

    def is_alive(self):
        return self.process.poll() is None

    def text(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")


class Load:
    """`calve produce` at a rate, for as long as a with block runs. Its report is there afterwards."""

    def __init__(self, command, environment, log_path):
        self.log = open(log_path, "ab")
        self.report = None
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        output, _ = self.process.communicate(timeout=RUN_SECONDS_MAX)
        self.log.close()
        assert self.process.returncode == 0, pathlib.Path(self.log.name).read_text(errors="replace")
        self.report = json.loads(output)


class Pipeline:
    def __init__(self, calve, folder):
        self.calve = calve
        self.folder = pathlib.Path(folder)
        self.engines = []
        self.topic = f"orders-{uuid.uuid4().hex[:8]}"
        self.kafka = None
        self.s3_endpoint = None
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "ICEBERG_", "AWS_", "CALVE_"))},
            "KAFKA_TOPIC": self.topic,
            "CALVE_DATA_DIR": str(self.folder / "data"),
            "ICEBERG_WAREHOUSE": str(self.folder / "warehouse"),
            "CALVE_HTTP_LISTEN": "off",
            "CALVE_COMMIT_INTERVAL": "100ms",
        }

    def use_kafka(self, kafka, partitions):
        self.kafka = kafka
        kafka("topic", self.topic, str(partitions))
        self.environment["KAFKA_BOOTSTRAP_SERVERS"] = kafka.address
        self.environment["KAFKA_GROUP_ID"] = f"group-{uuid.uuid4().hex[:8]}"
        self.environment["KAFKA_SESSION_TIMEOUT_MS"] = "6000"

    def use_s3(self, s3, bucket, endpoint=None):
        s3("bucket", bucket)
        self.s3_endpoint = s3.endpoint
        self.environment |= {
            "ICEBERG_WAREHOUSE": f"s3://{bucket}/warehouse",
            "AWS_ENDPOINT_URL": endpoint or s3.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    @property
    def warehouse(self):
        return self.environment["ICEBERG_WAREHOUSE"]

    @property
    def reader_environment(self):
        """For those who look at the tables from outside: past the proxy that the engine may be behind."""
        if self.s3_endpoint is None:
            return self.environment
        return self.environment | {"AWS_ENDPOINT_URL": self.s3_endpoint}

    def table(self, name="orders"):
        return f"{self.warehouse}/analytics/{name}"

    # --- processes ------------------------------------------------------------------------------

    def command(self, *arguments, check=True, **environment):
        done = subprocess.run(
            [self.calve, *arguments], env={**self.environment, **environment}, capture_output=True, text=True,
            timeout=RUN_SECONDS_MAX,
        )
        if check:
            assert done.returncode == 0, f"calve {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}"
        return done

    def produce(self, count, *arguments):
        """Sends events; 1 % of them are invalid unless told otherwise. Says how many there were."""
        if "--invalid" not in arguments:
            arguments = ("--invalid", "1%", *arguments)
        done = self.command("produce", "--count", str(count), "--output", "json", *arguments)
        return json.loads(done.stdout)

    def load(self, rate, *arguments):
        """As produce(), but until the with block ends."""
        if "--invalid" not in arguments:
            arguments = ("--invalid", "1%", *arguments)
        command = [self.calve, "produce", "--rate", str(rate), "--output", "json", *arguments]
        return Load(command, self.environment, self.folder / "produce.log")

    def start(self, *arguments, **environment):
        log_path = self.folder / f"engine-{len(self.engines)}.log"
        engine = Engine([self.calve, "run", *arguments], {**self.environment, **environment}, log_path)
        self.engines.append(engine)
        return engine

    def run_to_end(self, **environment):
        engine = self.start("--until-end", **environment)
        assert engine.wait() == 0, engine.text()
        return engine

    def committed_events(self):
        return sum(
            accounting.row_count(self.table(name), self.reader_environment) for name in ("orders", "orders_rejected")
        )

    def wait_for_events(self, count, engine, seconds=30):
        """Until the tables hold so many events."""
        deadline = time.monotonic() + seconds
        while not self.has_tables() or self.committed_events() < count:
            assert engine.is_alive(), engine.text()
            assert time.monotonic() < deadline, f"not {count} events within {seconds} s:\n{engine.text()}"
            time.sleep(0.1)

    def has_tables(self):
        metadata = [accounting.list_names(f"{self.table(name)}/metadata", self.reader_environment)
                    for name in ("orders", "orders_rejected")]
        return all("v1.metadata.json" in names for names in metadata)

    def close(self):
        for engine in self.engines:
            if engine.is_alive():
                engine.process.send_signal(signal.SIGCONT)
                engine.process.kill()
                engine.process.wait()
            engine.log.close()

    # --- what must hold ----------------------------------------------------------------------------

    def assert_exactly_once(self, sent=None):
        """calve verify, and an account that shares no code with it."""
        done = self.command("verify", "--output", "json", check=False)
        report = json.loads(done.stdout) if done.stdout else {}
        assert done.returncode == 0, f"{done.stdout[:4000]}\n{done.stderr}"
        assert report["exactly_once"]
        if sent is not None:
            assert report["records"] == sent, "the table's position is not at the end of what was sent"
        TALLY["events"] += report["records"] + report["before_source"]
        rows, rejects = (
            accounting.places(self.table(name), self.reader_environment) for name in ("orders", "orders_rejected")
        )
        assert len(rows) == len(set(rows)), "an order is in the table twice"
        assert len(rejects) == len(set(rejects)), "a reject is in the table twice"
        assert not set(rows) & set(rejects), "an event is in both tables"
        gone = report["before_source"]  # rows whose events only the table has: of which kind, nobody can say
        assert len(rows) + len(rejects) == report["valid"] + report["rejected"] + gone
        assert gone or len(rejects) == report["rejected"]
        if sent is not None:
            assert set(rows) | set(rejects) == self.source_places()
        return report

    def source_places(self):
        if self.kafka is None:
            return accounting.file_log_places(self.folder / "data" / self.topic)
        return accounting.topic_places(self.kafka.address, self.topic)

    def assert_judges_agree(self, table="orders"):
        judged = subprocess.run(
            [sys.executable, str(ROOT / "tests/interop/compare.py"), self.table(table)], env=self.environment,
            capture_output=True, text=True,
        )
        assert judged.returncode == 0, judged.stdout + judged.stderr
        return judged.stdout
