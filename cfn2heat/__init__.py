"""cfn2heat moves workloads from AWS to OpenStack: CloudFormation in, Heat templates out."""
