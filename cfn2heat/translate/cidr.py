"""Fn::Cidr: as addresses when everything is known, as a yaql expression when the stack's parameters decide."""

from __future__ import annotations

from itertools import islice

LIMIT = 256
"""CloudFormation gives at most so many blocks."""


def subnets(block: str, count: int, bits: int) -> list[str] | None:
    """The first `count` subnets of a block with so many host bits each, or None where that is impossible."""
    import ipaddress

    try:
        network = ipaddress.ip_network(block, strict=False)
    except ValueError:
        return None
    prefix = network.max_prefixlen - bits
    if not network.prefixlen <= prefix <= network.max_prefixlen or not 0 < count <= LIMIT:
        return None
    found = [str(subnet) for subnet in islice(network.subnets(new_prefix=prefix), count)]
    return found if len(found) == count else None


IPV4 = (
    "let(b => coalesce($.data.block, '0.0.0.0/0').split('/')[0].split('.').select(int($)).toList(), "
    "c => int($.data.count), s => int($.data.bits)) -> "
    "let(n => $b[0] * 16777216 + $b[1] * 65536 + $b[2] * 256 + $b[3], w => pow(2, $s), s => $s, c => $c) -> "
    "range($c).select($n + $ * $w).select("
    "str($ / 16777216) + '.' + str($ / 65536 mod 256) + '.' + str($ / 256 mod 256) + '.' + str($ mod 256) + '/' + str(32 - $s))"
    ".toList()"
)
"""IPv4 arithmetic in yaql over data block, count and bits: a list of blocks. Null-safe, since Heat evaluates it at validation."""
