"""Starts LocalStack, with one file to an object.

As it is, LocalStack 3.8.1 makes an object's file when somebody first opens it to write, without a lock. Of several
first puts of one key at one time each makes its own, and the last one stays: it may be that of a put which
If-None-Match then refuses. The put that succeeded is lost, and who reads the object waits for bytes that never come.
"""

import os
import threading

from localstack.runtime.main import main

try:
    from localstack.services.s3.storage import ephemeral
except ModuleNotFoundError:
    ephemeral = None  # in 3.0 it lies elsewhere, and no put is refused


def give_each_object_one_file() -> None:
    making = threading.Lock()
    open_object = ephemeral.EphemeralS3ObjectStore.open

    def make_file_and_open(self, bucket, s3_object, mode="r"):
        key = self._key_from_s3_object(s3_object)
        with making:
            if not self._get_object_file(bucket, key):
                folder = os.path.join(self.root_directory, bucket)
                self._filesystem[bucket]["keys"][key] = ephemeral.LockedSpooledTemporaryFile(
                    dir=folder, max_size=ephemeral.S3_MAX_FILE_SIZE_BYTES
                )
        # Not within the lock: this waits for whoever has the object open.
        return open_object(self, bucket, s3_object, mode)

    ephemeral.EphemeralS3ObjectStore.open = make_file_and_open


if ephemeral is not None:
    give_each_object_one_file()

if __name__ == "__main__":
    main()
