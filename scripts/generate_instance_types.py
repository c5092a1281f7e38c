"""Generates cfn2heat/cfn/instance_types.json: what each EC2 instance type has, from the list that the moto package bundles.

Facts alone are taken: vCPU, memory in MiB, local disks in GB, and what a flavor's size does not show (processor, accelerators, a
whole machine). Run it where moto is installed (pip install --no-deps moto is enough). With --check nothing
is written; exit 1 says that the snapshot is stale.
"""

from __future__ import annotations

import gzip
import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "cfn2heat" / "cfn" / "instance_types.json"
ACCELERATORS = {
    "GpuInfo": ("Gpus", "GPU"),
    "FpgaInfo": ("Fpgas", "FPGA"),
    "InferenceAcceleratorInfo": ("Accelerators", "accelerator"),
    "MediaAcceleratorInfo": ("Accelerators", "accelerator"),
    "NeuronInfo": ("NeuronDevices", "accelerator"),
}
RETIRED: dict[str, list[Any]] = {
    "cc1.4xlarge": [16, 23552, 1690],
    "cc2.8xlarge": [32, 61952, 3360],
    "cg1.4xlarge": [16, 23040, 1690, "2 GPUs"],
    "cr1.8xlarge": [32, 249856, 240],
    "f1.2xlarge": [8, 124928, 470, "1 FPGA"],
    "f1.4xlarge": [16, 249856, 940, "2 FPGAs"],
    "f1.16xlarge": [64, 999424, 3760, "8 FPGAs"],
    "g2.2xlarge": [8, 15360, 60, "1 GPU"],
    "g2.8xlarge": [32, 61440, 240, "4 GPUs"],
    "g3s.xlarge": [4, 31232, 0, "1 GPU"],
    "g3.4xlarge": [16, 124928, 0, "1 GPU"],
    "g3.8xlarge": [32, 249856, 0, "2 GPUs"],
    "g3.16xlarge": [64, 499712, 0, "4 GPUs"],
    "hi1.4xlarge": [16, 61952, 2048],
    "hs1.8xlarge": [16, 119808, 49152],
    "p2.xlarge": [4, 62464, 0, "1 GPU"],
    "p2.8xlarge": [32, 499712, 0, "8 GPUs"],
    "p2.16xlarge": [64, 749568, 0, "16 GPUs"],
    "p3.2xlarge": [8, 62464, 0, "1 GPU"],
    "p3.8xlarge": [32, 249856, 0, "4 GPUs"],
    "p3.16xlarge": [64, 499712, 0, "8 GPUs"],
}
"""Types that AWS has withdrawn, and that old templates still name; the list of moto is of those that can be had."""
COMMON = [
    *("t1", "t2", "t3", "t3a", "t4g", "m1", "m2", "m3", "m4", "m5", "m6i", "m7i", "c1", "c3", "c4", "c5", "c6i", "c7i"),
    *("r3", "r4", "r5", "r6i", "r7i"),
]
"""Families of 96 in 100 servers of public templates; their 147 types make a list that a person can look through."""


def main() -> int:
    """Write the snapshot, or check it."""
    content = generate()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.is_file() and TARGET.read_bytes() == content else 1
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content)} bytes")
    return 0


def generate() -> bytes:
    """The whole snapshot, a type a line so that a new one is a short difference."""
    moto = distribution("moto")  # its files, without importing it: that would want all its requirements
    packed = Path(str(moto.locate_file("moto/ec2/resources/instance_types.json.gz"))).read_bytes()
    types = {**RETIRED, **{name: describe(data) for name, data in json.loads(gzip.decompress(packed)).items()}}
    ordered = sorted(types, key=lambda name: (name.partition(".")[0], types[name][:3], name))
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(types[name], separators=(',', ':'))}" for name in ordered)
    head = f'"origin":"moto {moto.version}","common":{json.dumps(COMMON)}'
    return f'{{{head},"types":{{\n{lines}\n}}}}\n'.encode()


def size(data: dict[str, Any]) -> list[int]:
    """VCPU, memory and local disks."""
    disks = data.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0)
    return [data["VCpuInfo"]["DefaultVCpus"], data["MemoryInfo"]["SizeInMiB"], disks]


def describe(data: dict[str, Any]) -> list[Any]:
    """Size, then what else a server of this type has, where there is such a thing."""
    special = [text for key, (members, word) in ACCELERATORS.items() if (text := accelerators(data.get(key), members, word))]
    if data.get("BareMetal"):
        special.append("a whole machine")
    processors = data.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
    if not {"x86_64", "i386"} & set(processors):
        special.extend(name.partition("_")[0] for name in processors)
    return [*size(data), ", ".join(dict.fromkeys(special))] if special else size(data)


def accelerators(data: dict[str, Any] | None, members: str, word: str) -> str:
    """How many of a kind: 4 GPUs; a part of one counts as one."""
    if not data:
        return ""
    count = max(1, sum(int(one.get("Count", 1)) for one in data.get(members, [{}])))
    return f"{count} {word}{'s' if count > 1 else ''}"


if __name__ == "__main__":
    sys.exit(main())
