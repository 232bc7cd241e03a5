"""Makes sigv4_vectors.json: requests, and how botocore, AWS's own Python library, signs them.

    pip install botocore && python3 sigv4_vectors.py > sigv4_vectors.json
"""

import datetime
import json
import sys
from unittest import mock
from urllib.parse import quote, urlencode

import botocore
from botocore import auth, awsrequest, credentials

REGION = "us-east-1"
KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW=="

# name, service, method, host, path, query, headers, body, token?, seconds since 1970, lifetime or 0
CASES = [
    ("s3 get", "s3", "GET", "bucket.s3.us-east-1.amazonaws.com", "/key", [], [], b"", False, 1440938160, 0),
    ("s3 create", "s3", "PUT", "127.0.0.1:4566", "/bucket/metadata/v2.metadata.json", [],
     [("if-none-match", "*"), ("x-amz-checksum-crc32", "DUoRhQ==")], b"hello world", True, 1764000000, 0),
    ("s3 odd key", "s3", "GET", "localhost", "/b/day=2026-11-24/a b+c%\u00e9~(1)'.parquet", [],
     [("range", "bytes=0-9")], b"", False, 1764000059, 0),
    ("s3 list", "s3", "GET", "b.s3.eu-west-1.amazonaws.com", "/",
     [("prefix", "a b/c=d&e+\u00e9"), ("list-type", "2"), ("encoding-type", "url"),
      ("continuation-token", "1/x+y==")], [], b"", True, 1767225599, 0),
    ("s3 no value", "s3", "POST", "b.s3.amazonaws.com", "/k", [("uploads", "")], [], b"", False, 0, 0),
    ("glue json", "glue", "POST", "glue.eu-central-1.amazonaws.com", "/", [],
     [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AWSGlue.UpdateTable")],
     b'{"DatabaseName": "analytics"}', True, 1764000000, 0),
    ("path encoded twice", "glue", "GET", "glue.us-east-1.amazonaws.com",
     "/iceberg/v1/namespaces/a\u001fb/tables/t 1", [("z", "1"), ("a", "2"), ("a", "1")],
     [("x-spaces", "  a   b  ")], b"", False, 1764000000, 0),
    ("kafka token", "kafka-cluster", "GET", "kafka.us-west-2.amazonaws.com", "/",
     [("Action", "kafka-cluster:Connect")], [], b"", False, 1764000000, 900),
    ("kafka token, temporary", "kafka-cluster", "GET", "kafka.us-west-2.amazonaws.com", "/",
     [("Action", "kafka-cluster:Connect")], [], b"", True, 1764000000, 900),
]


def sign(case):
    name, service, method, host, path, query, headers, body, with_token, time_s, lifetime_s = case
    wire_path = quote(path, safe="/-._~")
    wire_query = urlencode(query, quote_via=quote, safe="-._~")
    url = f"https://{host}{wire_path}" + (f"?{wire_query}" if query else "")
    request = awsrequest.AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    who = credentials.Credentials(KEY, SECRET, TOKEN if with_token else None)
    now = datetime.datetime.fromtimestamp(time_s, datetime.timezone.utc)
    with mock.patch.object(auth, "get_current_datetime", lambda *a, **k: now.replace(tzinfo=None)):
        if lifetime_s:
            auth.SigV4QueryAuth(who, service, REGION, expires=lifetime_s).add_auth(request)
        elif service == "s3":
            request.context["payload_signing_enabled"] = True
            auth.S3SigV4Auth(who, service, REGION).add_auth(request)
        else:
            auth.SigV4Auth(who, service, REGION).add_auth(request)

    signed = {name.lower(): value for name, value in request.headers.items()}
    if lifetime_s:
        signature, signed_headers = request.url.split("X-Amz-Signature=")[1], "host"
    else:
        _, rest = signed["authorization"].split("SignedHeaders=")
        signed_headers, signature = rest.split(", Signature=")
    if "x-amz-content-sha256" in signed:
        headers = headers + [("x-amz-content-sha256", signed["x-amz-content-sha256"])]
    return {
        "name": name,
        "service": service,
        "region": REGION,
        "time_s": time_s,
        "access_key_id": KEY,
        "secret_access_key": SECRET,
        "session_token": TOKEN if with_token else "",
        "method": method,
        "host": host,
        "path": wire_path,
        "query": query,
        "headers": headers,
        "body": body.decode(),
        "presigned_for_s": lifetime_s,
        "signed_headers": signed_headers,
        "signature": signature,
    }


vectors = {
    "made_by": f"sigv4_vectors.py, botocore {botocore.__version__}",
    "vectors": [sign(case) for case in CASES],
}
json.dump(vectors, sys.stdout, indent=1)
print()
