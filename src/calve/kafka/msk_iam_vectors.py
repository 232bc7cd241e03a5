"""Makes msk_iam_vectors.json: tokens as AWS's own signer for Python makes them, of random keys and times.

    pip install aws-msk-iam-sasl-signer-python && python3 msk_iam_vectors.py > msk_iam_vectors.json

Where a session token stands among the query's parameters is botocore's accident: the parameters that are
signed are sorted here, as they are for the signature.
"""

import base64
import datetime
import json
import random
import sys
from unittest import mock

from aws_msk_iam_sasl_signer import MSKAuthTokenProvider
from botocore import auth
from botocore.credentials import CredentialProvider, Credentials

REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-3", "us-gov-west-1", "il-central-1"]
KEY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
UNSIGNED = ("X-Amz-Signature", "User-Agent")


class Fixed(CredentialProvider):
    METHOD = CANONICAL_NAME = "fixed"

    def __init__(self, credentials):
        super().__init__()
        self.credentials = credentials

    def load(self):
        return self.credentials


def with_sorted_query(token):
    url = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    base, query = url.split("?")
    parts = query.split("&")
    is_unsigned = [part.split("=")[0] in UNSIGNED for part in parts]
    signed = sorted(part for part, unsigned in zip(parts, is_unsigned, strict=True) if not unsigned)
    rest = [part for part, unsigned in zip(parts, is_unsigned, strict=True) if unsigned]
    return base64.urlsafe_b64encode(f"{base}?{'&'.join(signed + rest)}".encode()).decode().rstrip("=")


def vector(source):
    def text(alphabet, length):
        return "".join(source.choice(alphabet) for _ in range(length))

    key, secret, region = "AKIA" + text(KEY_CHARACTERS, 16), text(SECRET_CHARACTERS, 40), source.choice(REGIONS)
    session = text(SECRET_CHARACTERS, source.randrange(40, 400)) + "==" if source.random() < 0.5 else ""
    time_s = source.randrange(1_600_000_000, 2_000_000_000)
    now = datetime.datetime.fromtimestamp(time_s, datetime.timezone.utc).replace(tzinfo=None)
    with mock.patch.object(auth, "get_current_datetime", lambda *_, **__: now):
        token, expiry_ms = MSKAuthTokenProvider.generate_auth_token_from_credentials_provider(
            region, Fixed(Credentials(key, secret, session or None))
        )
    return {
        "access_key_id": key, "secret_access_key": secret, "session_token": session, "region": region,
        "time_s": time_s, "token": with_sorted_query(token), "expiry_ms": expiry_ms,
    }  # fmt: skip


if __name__ == "__main__":
    source = random.Random(20261124)
    json.dump({"user_agent": MSKAuthTokenProvider.__dict__["__get_user_agent__"](),
               "vectors": [vector(source) for _ in range(32)]}, sys.stdout, indent=1)  # fmt: skip
    print()
