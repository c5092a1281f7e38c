"""What boot scripts do with AWS: the text of user data and of cfn-init with its lines, and findings in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.source import NOWHERE, Path, Span, format_path, line_within
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.texts import placeholder


class Kind(NamedTuple):
    """A kind of finding; words continue a sentence that begins with where it was found."""

    code: str
    severity: Severity
    hints: tuple[str, ...]
    """Texts of which one stands in every match: most scripts are spared the pattern."""
    pattern: str
    words: str
    advice: str


class Finding(NamedTuple):
    """A place in a script that does something with AWS."""

    kind: Kind
    text: str
    span: Span


class Script:
    """A text as it will stand on the server, values as ${Name}; each of its pieces knows its place in the source."""

    def __init__(self, value: cfn.Value) -> None:
        self._offsets: list[int] = []
        self._pieces: list[tuple[str, int, Span]] = []
        pieces: list[str] = []
        length = 0
        found: list[tuple[str, str, int, Span]] = []
        _gather(value, found)
        for text, within, before, span in found:
            self._offsets.append(length)
            self._pieces.append((within, before, span))
            pieces.append(text)
            length += len(text)
        self.text = "".join(pieces)

    def place(self, offset: int) -> Span:
        """Where the character at an offset stands in the source."""
        index = bisect_right(self._offsets, offset) - 1
        if index < 0:
            return NOWHERE
        within, before, span = self._pieces[index]
        return line_within(span, within, before + offset - self._offsets[index])


def _gather(value: cfn.Value, found: list[tuple[str, str, int, Span]]) -> None:
    """Texts in order, each with the whole text that it is part of, where in that it begins, and the place of the whole."""
    match value:
        case cfn.Scalar():
            text = as_text(value.value)
            found.append((text, text, 0, value.span))
        case cfn.Sub():
            parts = [part if isinstance(part, str) else f"${{{part[0]}}}" for part in value.parts]
            whole, before = "".join(parts), 0
            for part in parts:
                found.append((part, whole, before, value.span))
                before += len(part)
        case cfn.Join(items=cfn.Seq() as items):
            for index, item in enumerate(items.items):
                if index and value.delimiter:
                    found.append((value.delimiter, value.delimiter, 0, item.span))
                _gather(item, found)
        case cfn.Base64():
            _gather(value.value, found)
        case cfn.If():
            _gather(value.then, found)
            found.append(("\n", "\n", 0, value.span))
            _gather(value.otherwise, found)
        case cfn.NoValue():
            return
        case _:
            text = f"${{{placeholder(value)}}}"
            found.append((text, text, 0, value.span))


def texts(value: cfn.Value) -> Iterator[cfn.Value]:
    """Every text inside a structure, keys too: they name packages and targets of downloads."""
    match value:
        case cfn.Map():
            for key, member in value.entries.items():
                yield cfn.Scalar(key, value.keys.get(key, value.span))
                yield from texts(member)
        case cfn.Seq():
            for member in value.items:
                yield from texts(member)
        case cfn.If():
            yield from texts(value.then)
            yield from texts(value.otherwise)
        case _:
            yield value


# ---- findings --------------------------------------------------------------------------------------------------------

SERVICES = (
    "acm|apigateway|application-autoscaling|appconfig|athena|autoscaling|backup|batch|cloudformation|cloudfront|cloudtrail|"
    "cloudwatch|codebuild|codecommit|codedeploy|codepipeline|cognito-idp|config|configservice|configure|deploy|dms|ds|dynamodb|"
    "ec2|ecr|ecr-public|ecs|efs|eks|elasticache|elasticbeanstalk|elb|elbv2|emr|es|events|firehose|fsx|glue|iam|iot|kinesis|kms|"
    "lambda|lightsail|logs|mq|opensearch|organizations|rds|redshift|route53|s3|s3api|sagemaker|secretsmanager|ses|sns|sqs|ssm|"
    "stepfunctions|sts"
)

ROLE = "Nova gives servers no role: hand it a Keystone application credential by user data or a Barbican secret."


KINDS = (
    Kind(
        "C2H4508",
        Severity.WARNING,
        ("aws-cfn-bootstrap",),
        r"(?<!\S)\S*\baws-cfn-bootstrap\b\S*",
        "installs AWS's helper scripts",
        "Leave the line out: the package comes from AWS's repositories only, and its scripts speak to AWS.",
    ),
    Kind(
        "C2H4501",
        Severity.WARNING,
        ("aws", "S3", "boto", "EC2", "SSM", "SEC", "CFN", "ASG", "ELB"),
        rf"(?<![\w./$-])(?:/[\w./-]*/)?aws\s+(?:\\\n\s*)?(?:--[\w-]+[ =]\S+\s+|--no-[\w-]+\s+)*(?:{SERVICES})\b"
        r"|(?<![\w-])(?:Read|Copy|Write|Get)-S3(?:Object|Bucket)\b|\b(?:import|from) boto3?\b"
        r"|(?<![\w-])(?:Get|Set|Edit|New|Register)-(?:EC2|SSM|SEC|CFN|ASG|ELB)[A-Z]\w+",
        "calls the AWS CLI or SDK",
        f"Write it with the openstack client, or leave it out where nothing of AWS is left to ask. {ROLE}",
    ),
    Kind(
        "C2H4502",
        Severity.WARNING,
        ("s3",),
        r"\bs3://[^\s\"'<>]*|https?://[^\s\"'<>/]*\bs3[.-][^\s\"'<>]*amazonaws\.com[^\s\"'<>]*|https?://s3\.amazonaws\.com[^\s\"'<>]*",
        "reads an address in S3",
        "A public object is still read where servers reach the internet; put the others into a Swift container and read it by a "
        "temporary URL.",
    ),
    Kind(
        "C2H4503",
        Severity.WARNING,
        ("169.254.",),
        r"169\.254\.169\.254/[^\s\"'`)]*iam[^\s\"'`)]*|169\.254\.170\.2\b",
        "takes credentials from the instance's role",
        ROLE,
    ),
    Kind(
        "C2H4505",
        Severity.WARNING,
        ("169.254.",),
        r"169\.254\.169\.254/[^\s\"'`)]*(?:api/token|instance-identity|services/|spot/|tags/)[^\s\"'`)]*",
        "asks the metadata service for what Nova does not serve",
        "Nova has no session tokens, no identity document and no tags there; its own facts stand in "
        "http://169.254.169.254/openstack/latest/meta_data.json.",
    ),
    Kind(
        "C2H4504",
        Severity.NOTE,
        ("169.254.",),
        r"169\.254\.169\.254(?!/[^\s\"'`)]*(?:iam|api/token|instance-identity|services/|spot/|tags/))[^\s\"'`)]*",
        "asks the metadata service",
        "Nova serves the EC2 form of it too; instance ids, types and zones are the cloud's own.",
    ),
    Kind(
        "C2H4506",
        Severity.WARNING,
        ("amazon-", "codedeploy", "awslogs", "kinesis", "/ecs", "ecs-init", "/eks/", "Amazon"),
        r"\bamazon-ssm-agent\b|\bamazon-cloudwatch-agent(?:-ctl)?\b|\bcodedeploy-agent\b|\bawslogs(?:d|-agent)?\b|\baws-kinesis-agent\b"
        r"|\bamazon-efs-utils\b|/etc/ecs/ecs\.config\b|\becs-init\b|/etc/eks/bootstrap\.sh|\bAmazonCloudWatchAgent\b|\bAmazonSSMAgent\b",
        "sets up an agent of AWS",
        "Leave it out and use what the cloud offers instead: Ceilometer or Prometheus for metrics, Ansible for commands and "
        "deployments, Magnum for clusters.",
    ),
    Kind(
        "C2H4507",
        Severity.WARNING,
        ("amazon-linux-extras", "ec2-metadata"),
        r"\bamazon-linux-extras\b|(?<![\w/.-])ec2-metadata\b|/opt/aws/bin/ec2-metadata\b",
        "uses a tool of Amazon Linux",
        "Install by the package manager of the image; facts of the server are in http://169.254.169.254/latest/meta-data.",
    ),
    Kind(
        "C2H4509",
        Severity.NOTE,
        ("/opt/aws/",),
        r"/opt/aws/(?!bin/ec2-metadata)[^\s\"'`;)]*",
        "uses a path of Amazon Linux",
        "Look where the image has it. Images with heat-cfntools have its scripts in /usr/bin; cfn-create-aws-symlinks links them "
        "into /opt/aws/bin.",
    ),
    Kind(
        "C2H4510",
        Severity.WARNING,
        (".amazonaws.com",),
        r"(?<![\w.-])(?!(?:[\w-]+\.)*s3[.-])(?:[\w$-]|\$\{[^{}\n]*\}|\.(?!amazonaws))*\.amazonaws\.com\b",
        "names an address of AWS",
        "Put the address of what stands in for the service there.",
    ),
)
"""In the order in which they are looked for; what a kind has found is not found again by a later one."""


def findings(script: Script) -> list[Finding]:
    """What a script does with AWS, in order; comments of the script do nothing."""
    found = []
    taken: list[tuple[int, int]] = []
    text = script.text
    for kind in KINDS:
        if not any(map(text.__contains__, kind.hints)):
            continue
        for match in re.finditer(kind.pattern, text):
            if is_comment(text, match.start()) or any(a < match.end() and match.start() < b for a, b in taken):
                continue
            taken.append(match.span())
            found.append((match.start(), Finding(kind, " ".join(match.group().split()), script.place(match.start()))))
    return [finding for _, finding in sorted(found, key=lambda item: item[0])]


def is_comment(text: str, offset: int) -> bool:
    """Whether a place stands in a comment line of a script."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset].lstrip()
    return line.startswith("#") and not line.startswith("#!")


HELPERS = ("/cfn-init", "/cfn-signal")


def without_helpers(found: list[Finding]) -> list[Finding]:
    """Findings but for the paths of CloudFormation's helper scripts, where nothing calls these any more."""
    return [one for one in found if not one.text.endswith(HELPERS)]


# ---- saying it -------------------------------------------------------------------------------------------------------


def tell(ctx: ResourceContext, where: str, found: list[Finding], path: Path) -> None:
    """Report findings, each with its line, and show them at the resource."""
    noted: dict[str, list[Span]] = {}
    for finding in found:
        kind, span = finding.kind, finding.span
        subject = format_path(ctx.source_path(path)[1:])
        message = f"The {where} {kind.words}: {finding.text}"
        ctx.t.diagnostics.add(kind.code, kind.severity, subject, message, advice=kind.advice, span=span)
        if kind.severity is not Severity.NOTE:
            noted.setdefault(kind.words, []).append(span)
    for words, spans in noted.items():
        ctx.t.note_look(ctx.id, f"{where} {words}", spans)


def say(
    ctx: ResourceContext, code: str, severity: Severity, message: str, advice: str, path: Path, place: Span | None = None
) -> None:
    """Report at a line of a script, and show it at the resource where it is a loss."""
    subject = format_path(ctx.source_path(path)[1:])
    ctx.t.diagnostics.add(code, severity, subject, message, advice=advice, span=place or ctx.resource.span)
    if place is not None:
        ctx.t.note_look(ctx.id, message.rstrip("."), [place])


def tell_hup(ctx: ResourceContext, script: Script, message: str, advice: str, path: Path) -> None:
    """Say where a script calls cfn-hup."""
    if "cfn-hup" in script.text:
        say(ctx, "C2H4514", Severity.WARNING, message, advice, path, script.place(script.text.index("cfn-hup")))
