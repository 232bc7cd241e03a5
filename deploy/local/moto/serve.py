"""moto's server, with one thing of AWS's that it leaves out: Glue's UpdateTable is refused when the VersionId
that it names is not the table's current one.

    python serve.py HOST PORT
"""

import io
import json
import sys
import threading

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import AccessDeniedError
from moto.glue.models import glue_backends
from moto.iam.access_control import IAMRequest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.datastructures import EnvironHeaders
from werkzeug.serving import run_simple

CONFLICT = {"__type": "ConcurrentModificationException", "Message": "VersionId is not the current one"}
DENIED = {"__type": "AccessDeniedException", "Message": "not authorized to perform glue:UpdateTable"}


class VersionGate:
    """Lets one change of a Glue table through at a time, if it was built on the table as it is."""

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        if environ.get("HTTP_X_AMZ_TARGET") not in ("AWSGlue.CreateTable", "AWSGlue.UpdateTable"):
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        with self.lock:
            if self.is_stale(region_of(environ), json.loads(body)):
                start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
                return [json.dumps(CONFLICT if is_allowed(environ, body) else DENIED).encode()]
            return list(self.application(environ, start_response))

    @staticmethod
    def is_stale(region, request):
        named = request.get("VersionId")
        database = glue_backends[DEFAULT_ACCOUNT_ID][region].databases.get(request["DatabaseName"])
        table = database.tables.get(request["TableInput"]["Name"]) if database else None
        return named is not None and table is not None and named != table.as_dict()["VersionId"]


def is_allowed(environ, body):
    """As moto itself asks before it serves, once it is told to ask at all."""
    if settings.INITIAL_NO_AUTH_ACTION_COUNT > 0:
        return True
    request = IAMRequest(DEFAULT_ACCOUNT_ID, "POST", "/", {}, body, EnvironHeaders(environ), "UpdateTable")
    try:
        request.check_action_permitted("*")
    except AccessDeniedError:
        return False
    return True


def region_of(environ):
    """The third part of the credential that the request is signed by: KEY/DATE/REGION/glue/aws4_request."""
    return environ["HTTP_AUTHORIZATION"].split("Credential=")[1].split("/")[2]


if __name__ == "__main__":
    run_simple(sys.argv[1], int(sys.argv[2]), VersionGate(DomainDispatcherApplication(create_backend_app)), threaded=True)
