"""AWS as boto3 reaches it: credentials come from boto3's own chain alone, and what goes wrong is one refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cfn2heat.images.refusal import refusal

_LOGIN = frozenset(
    {"AuthFailure", "ExpiredToken", "InvalidAccessKeyId", "InvalidClientTokenId", "RequestExpired", "SignatureDoesNotMatch"}
)


def clients(region: str, profile: str) -> tuple[Any, Any]:
    """EC2 and S3 of a region, for whomever the profile names, or the environment when it names nobody."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        advice = "pip install 'cfn2heat[aws]'"
        raise refusal("C2H7040", "this machine", "it lacks the Python library boto3, which speaks to AWS", advice) from None
    patient = Config(connect_timeout=20, read_timeout=60)
    with asking("AWS"):
        session = boto3.Session(profile_name=profile or None, region_name=region)
        return session.client("ec2", config=patient), session.client("s3", config=patient)


@contextmanager
def asking(whom: object) -> Iterator[None]:
    """Turns what boto3 raises into a refusal."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error_code(error)
        advice = "log in anew, or name another profile" if code in _LOGIN else "docs/images.md lists the rights that are needed"
        raise refusal("C2H7100", whom, f"AWS says no: {told(error)}", advice) from None
    except BotoCoreError as error:
        advice = "boto3 takes credentials from its own places: the environment, ~/.aws, or the profile that is named"
        raise refusal("C2H7100", whom, f"AWS cannot be asked: {told(error)}", advice) from None


def error_code(error: Any) -> str:
    """What AWS calls an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def told(error: Exception) -> str:
    """What AWS, or boto3, says of an error, on one line of a sane length."""
    return " ".join(str(error).split())[:400]
