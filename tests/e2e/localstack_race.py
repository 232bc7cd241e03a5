"""Run by LocalStack's own interpreter: threads that open a new object at one time are given one file, however long it
takes to make one. The argument is the script that starts LocalStack."""

import importlib.util
import sys
import threading
import time
from types import SimpleNamespace

from localstack.services.s3.storage import ephemeral

THREADS = 8
make_file = ephemeral.LockedSpooledTemporaryFile


def make_file_slowly(**arguments):
    time.sleep(0.05)
    return make_file(**arguments)


spec = importlib.util.spec_from_file_location("serve", sys.argv[1])
spec.loader.exec_module(importlib.util.module_from_spec(spec))
ephemeral.LockedSpooledTemporaryFile = make_file_slowly

store = ephemeral.EphemeralS3ObjectStore()
store.create_bucket("lake")
files = set()


def open_to_write():
    with store.open("lake", SimpleNamespace(key="v1", version_id=None), mode="w") as opened:
        files.add(opened.file)


threads = [threading.Thread(target=open_to_write) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(files) == 1, f"{len(files)} files for one object"
