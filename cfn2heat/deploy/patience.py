"""Patience with a cloud that is busy: one policy for every request of a session, kept by urllib3."""

from __future__ import annotations

from typing import Any

from keystoneauth1.session import Session
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

PAUSE = 0.5
"""Seconds before the second attempt; it doubles from there."""
LONGEST_WAIT = 120
"""Seconds; a Retry-After of an hour is better told to a person."""
PASSING = frozenset({500, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "DELETE"})
"""What may be asked twice when it is not known what became of the first time; whether a stack was created is looked up."""


class Patience(Retry):
    """Tries again: any request that was refused for now (429), and those without effect that failed on the way."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether an answer is one to try again after."""
        return status_code == 429 or super().is_retry(method, status_code, has_retry_after)

    def get_retry_after(self, response: Any) -> float | None:
        """The seconds that the cloud asks us to wait, within reason."""
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, LONGEST_WAIT)


def patience() -> Patience:
    """The policy: waits grow, and a Retry-After is obeyed."""
    return Patience(
        total=None,
        connect=2,
        read=2,
        other=0,
        status=5,
        backoff_factor=PAUSE,
        status_forcelist=PASSING,
        allowed_methods=REPEATABLE,
        raise_on_status=False,
    )


def be_patient(session: Session) -> None:
    """Let every request of a session follow the policy."""
    for adapter in session.session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            adapter.max_retries = patience()
