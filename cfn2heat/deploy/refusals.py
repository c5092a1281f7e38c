"""What is said when a cloud refuses or fails: one code a kind, the cloud's own words, and what to do."""

from __future__ import annotations

import json
import re

from cfn2heat.deploy.cloud import CloudError

CONFLICT, MISSING, FAILED = "C2H6006", "C2H6007", "C2H6009"
KINDS = {
    400: ("C2H6005", "the cloud refuses it", "mend what the message names; nothing was changed"),
    401: (
        "C2H6002",
        "the cloud does not take the credentials",
        "log in anew (a token that is given by OS_TOKEN cannot be renewed) and run this again",
    ),
    403: ("C2H6004", "the cloud forbids it", "ask the operator for the role or the quota that the message names"),
    404: (MISSING, "there is nothing of this name", "`openstack stack list` shows the stacks of the project"),
    409: (CONFLICT, "something else is in the way", "see `cfn2heat status` and run this again when it has ended"),
    413: ("C2H6004", "the cloud forbids it: it is too much", "ask the operator for a higher limit"),
    429: ("C2H6008", "the cloud is asked too often", "wait a few minutes and run this again"),
}
LONGEST = 600
"""Characters of the cloud's own words; a proxy's page of HTML is longer."""


def refusal(subject: str, status: int, body: str | bytes | None) -> CloudError:
    """An answer that is an error."""
    words = own_words(body)
    if status in KINDS:
        code, kind, advice = KINDS[status]
        return CloudError(code, subject, f"{kind}: {words}" if words else kind, advice)
    if 400 <= status < 500:
        return CloudError("C2H6005", subject, f"the cloud refuses it (HTTP {status}): {words}", KINDS[400][2])
    return CloudError(FAILED, subject, f"the cloud failed (HTTP {status}): {words}", AGAIN, passing=True)


AGAIN = "run this again later: it finds what was begun and goes on"


def unreachable(subject: str, error: Exception) -> CloudError:
    """No answer at all."""
    return CloudError("C2H6003", subject, f"the cloud does not answer: {root(error)}", AGAIN, passing=True)


def root(error: BaseException) -> str:
    """The innermost reason of a chain of errors: `Connection refused`, where each layer adds its own words."""
    inner = error.__cause__ or error.__context__
    return root(inner) if inner else str(error) or type(error).__name__


def own_words(body: str | bytes | None) -> str:
    """The message in an error's body: Heat's or Keystone's JSON, or the text of a page."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    try:
        inner = json.loads(text)["error"]
        text = inner["message"] or inner["title"]
    except (ValueError, KeyError, TypeError):
        text = re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    text = " ".join(str(text).split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
