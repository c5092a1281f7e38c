"""Types of Heat itself inside of a source template."""

from tests.translating import convert_text, written

OLD_NAMES = """
Resources:
  Net: {Type: "OS::Neutron::Net"}
  Sub: {Type: "OS::Neutron::Subnet", Properties: {network_id: !Ref Net, cidr: 10.0.0.0/24}}
"""


def test_older_names_of_required_properties_serve() -> None:
    converted = convert_text(OLD_NAMES)
    assert written(converted)["resources"]["Sub"]["properties"] == {"network_id": {"get_resource": "Net"}, "cidr": "10.0.0.0/24"}
    assert converted.translation is not None
    assert not converted.translation.holes
