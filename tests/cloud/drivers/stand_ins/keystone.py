"""Keystone: its own API, with a bug of version 30 put right.

A trust made from a trust that never expires compares None with a date, and fails: Zaqar's and Mistral's trusts are such.
"""

import datetime

from keystone.trust import core

_validate = core.Manager._validate_redelegation


def _validate_without_end(redelegated_trust, trust):
    if redelegated_trust["expires_at"] is None and trust.get("expires_at"):
        redelegated_trust = {**redelegated_trust, "expires_at": datetime.datetime.max}
    return _validate(redelegated_trust, trust)


core.Manager._validate_redelegation = staticmethod(_validate_without_end)

from keystone.wsgi.api import application  # noqa: E402, F401
