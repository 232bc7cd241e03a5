"""Tables of a REST catalog: Iceberg's own server, over a folder and over S3, and PyIceberg as the reader."""

import http.client
import json
import signal
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import CALVE, Service, free_port
from pipeline import Pipeline
from pyiceberg.catalog.rest import RestCatalog

EVENTS = 3_000


class RestPipeline(Pipeline):
    """File log to the tables of a REST catalog, in a namespace of their own."""

    def __init__(self, folder, uri):
        super().__init__(CALVE, folder)
        self.uri = uri
        self.namespace = f"n{uuid.uuid4().hex[:12]}"
        del self.environment["ICEBERG_WAREHOUSE"]
        self.environment |= {
            "ICEBERG_CATALOG_TYPE": "rest",
            "ICEBERG_CATALOG_URI": uri,
            "ICEBERG_NAMESPACE": self.namespace,
        }
        self.reader_properties = {}

    def reach_s3(self, endpoint):
        self.environment |= {
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
        self.reader_properties = {
            "s3.endpoint": endpoint, "s3.access-key-id": "test", "s3.secret-access-key": "test",
            "s3.region": "us-east-1",
        }

    def load_table(self, name="orders"):
        return RestCatalog("rest", uri=self.uri, **self.reader_properties).load_table((self.namespace, name))

    def places(self, name):
        """(partition, offset) of every row."""
        rows = self.load_table(name).scan(selected_fields=("source_partition", "source_offset")).to_arrow()
        return list(zip(rows["source_partition"].to_pylist(), rows["source_offset"].to_pylist()))

    def assert_exactly_once(self, sent=None):
        report = json.loads(self.command("verify", "--output", "json").stdout)
        assert report["exactly_once"]
        rows, rejects = self.places("orders"), self.places("orders_rejected")
        assert (len(rows), len(rejects)) == (report["valid"], report["rejected"])
        assert len(set(rows) | set(rejects)) == len(rows) + len(rejects)
        assert set(rows) | set(rejects) == self.source_places()
        if sent is not None:
            assert report["records"] == sent
        return report


@pytest.fixture(scope="session")
def rest_on_folder(state_folder):
    port = free_port()
    service = Service("rest_catalog.sh", CALVE_STATE=state_folder, REST_CATALOG_PORT=str(port))
    service("start")
    yield f"http://127.0.0.1:{port}"
    service("stop")


@pytest.fixture(scope="session")
def rest_on_s3(state_folder, s3):
    port, bucket = free_port(), f"b{uuid.uuid4().hex[:12]}"
    s3("bucket", bucket)
    service = Service(
        "rest_catalog.sh", CALVE_STATE=state_folder, REST_CATALOG_PORT=str(port),
        REST_CATALOG_WAREHOUSE=f"s3://{bucket}/warehouse", AWS_ENDPOINT_URL_S3=s3.endpoint,
    )
    service("start")
    yield f"http://127.0.0.1:{port}"
    service("stop")


@pytest.fixture
def in_folder(tmp_path, rest_on_folder):
    pipeline = RestPipeline(tmp_path, rest_on_folder)
    yield pipeline
    pipeline.close()


@pytest.fixture
def in_s3(tmp_path, rest_on_s3, s3):
    pipeline = RestPipeline(tmp_path, rest_on_s3)
    pipeline.reach_s3(s3.endpoint)
    yield pipeline
    pipeline.close()


@pytest.fixture(params=["in_folder", "in_s3"])
def pipeline(request):
    return request.getfixturevalue(request.param)


def test_others_read_what_was_streamed(pipeline):
    sent = pipeline.produce(EVENTS)
    pipeline.run_to_end()
    valid = sent["valid"] + pipeline.produce(EVENTS)["valid"]
    pipeline.run_to_end()
    pipeline.assert_exactly_once(2 * EVENTS)
    assert pipeline.load_table().scan().to_arrow().num_rows == valid
    done = pipeline.command("sql", "--output", "json", "select count(*) as n from orders")
    assert json.loads(done.stdout)[0]["n"] == valid
    pipeline.command("doctor")
    pipeline.command("table", "show")


def test_keys_that_the_catalog_lends_are_enough(in_s3):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del in_s3.environment[name]
    in_s3.environment |= {
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere", "AWS_CONFIG_FILE": "/nowhere",
        "ICEBERG_CATALOG_ACCESS_DELEGATION": "vended-credentials",
    }
    in_s3.produce(EVENTS)
    in_s3.run_to_end()
    in_s3.assert_exactly_once(EVENTS)


@pytest.mark.parametrize("point", ["before_swap", "after_swap_sent", "after_swap_applied", "after_rejects_commit"])
def test_a_killed_engine_is_followed_by_one_that_knows(in_folder, point):
    in_folder.produce(EVENTS)
    for _ in range(3):
        assert in_folder.start("--until-end", CALVE_CRASH_AT=point).wait() == -signal.SIGKILL
        in_folder.produce(EVENTS // 3)
    in_folder.run_to_end()
    in_folder.assert_exactly_once(2 * EVENTS)


def test_two_engines_on_one_table(in_folder):
    in_folder.produce(EVENTS)
    in_folder.run_to_end()
    with in_folder.load(2_000):
        engines = [in_folder.start(), in_folder.start()]
        time.sleep(6)
    for engine in engines:
        if engine.is_alive():
            engine.stop()
    in_folder.run_to_end()
    in_folder.assert_exactly_once()


@pytest.fixture(params=["folder", "s3"])
def moving(request, tmp_path):
    """A pipeline on a Hadoop warehouse, and what its settings become once the tables are in the REST catalog."""
    pipeline = request.getfixturevalue({"folder": "in_folder", "s3": "in_s3"}[request.param])
    pipeline.on_rest = dict(pipeline.environment)
    if request.param == "folder":
        pipeline.hadoop_warehouse = str(tmp_path / "warehouse")
    else:
        bucket = f"b{uuid.uuid4().hex[:12]}"
        request.getfixturevalue("s3")("bucket", bucket)
        pipeline.hadoop_warehouse = f"s3://{bucket}/warehouse"
    pipeline.environment |= {"ICEBERG_CATALOG_TYPE": "hadoop", "ICEBERG_WAREHOUSE": pipeline.hadoop_warehouse}
    return pipeline


def test_tables_move_from_a_hadoop_warehouse_and_go_on(moving):
    moving.produce(EVENTS)
    moving.run_to_end()
    still_running = moving.start()

    move = ("table", "register", "--from", moving.hadoop_warehouse)
    on_hadoop, moving.environment = moving.environment, moving.on_rest
    moving.command(*move)
    moving.command(*move)  # to be called again does no harm
    moving.produce(EVENTS)
    assert still_running.wait() == 3, still_running.text()
    assert "was moved to another catalog" in still_running.text()

    late = moving.start("--until-end", **on_hadoop)
    assert late.wait() == 3, late.text()
    moving.run_to_end()
    moving.assert_exactly_once(2 * EVENTS)


def test_a_table_that_the_catalog_refuses_stays_where_it_is(in_folder, tmp_path):
    hadoop = {"ICEBERG_CATALOG_TYPE": "hadoop", "ICEBERG_WAREHOUSE": str(tmp_path / "warehouse")}
    in_folder.produce(EVENTS)
    in_folder.run_to_end(**hadoop)
    proxy = LossyProxy(in_folder.uri, rng=None, share=0, refused="/register")
    refused = in_folder.command(
        "table", "register", "--from", hadoop["ICEBERG_WAREHOUSE"], check=False, ICEBERG_CATALOG_URI=proxy.uri
    )
    proxy.close()
    assert refused.returncode == 4 and "stays where it was" in refused.stderr, refused.stderr
    in_folder.produce(EVENTS)
    in_folder.run_to_end(**hadoop)
    verified = in_folder.command("verify", "--output", "json", **hadoop)
    assert json.loads(verified.stdout)["records"] == 2 * EVENTS


class LossyProxy:
    """Between the engine and its catalog: a share of the commits is lost on the way, as many answers are, and
    what ends as `refused` says is answered 403."""

    def __init__(self, uri, rng, share, refused=None):
        self.lost_requests = self.lost_answers = 0
        lock = threading.Lock()
        proxy = self
        server = urllib.parse.urlsplit(uri).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if refused and self.path.endswith(refused):
                    self.send_response(403)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                fate = 1.0
                if share and self.command == "POST" and "/tables/" in self.path:
                    with lock:
                        fate = rng.random()
                        proxy.lost_requests += fate < share
                        proxy.lost_answers += share <= fate < 2 * share
                if fate < share:
                    return self.break_off()
                upstream = http.client.HTTPConnection(server, timeout=60)
                upstream.request(self.command, self.path, body, {"Content-Type": "application/json"})
                answer = upstream.getresponse()
                content = answer.read()
                if fate < 2 * share:
                    return self.break_off()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def break_off(self):
                self.close_connection = True

            do_GET = do_POST = serve

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.uri = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def test_lost_requests_and_answers(in_folder, rng):
    in_folder.produce(EVENTS)
    in_folder.run_to_end()  # the tables are made in peace
    proxy = LossyProxy(in_folder.uri, rng, share=0.25)
    with in_folder.load(3_000):
        engine = in_folder.start(ICEBERG_CATALOG_URI=proxy.uri)
        time.sleep(8)
        assert engine.is_alive(), engine.text()
    engine.stop()
    proxy.close()
    in_folder.run_to_end()
    in_folder.assert_exactly_once()
    assert proxy.lost_requests > 0 and proxy.lost_answers > 0
