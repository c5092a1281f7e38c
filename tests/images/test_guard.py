"""No image leads out of itself: every kind of malicious image is refused, with its own message and code."""

import gzip
import os
import re
import struct
import tarfile
from pathlib import Path

import pytest

from cfn2heat.diagnostics import InputError
from cfn2heat.images.guard import guard
from cfn2heat.images.ova import extract_disk, ova_disks
from tests.images.conftest import MIB, SECRET, qemu_img
from tests.images.evil import descriptor, file, member, ova, ovf, qcow2, sparse_vmdk

pytestmark = pytest.mark.images("qemu-img")
FLAT = 'RW 2048 FLAT "{}" 0'


def refused(path: Path, code: str, words: str, said: str | None = None) -> None:
    with pytest.raises(InputError) as caught:
        (ova_disks if path.suffix == ".ova" else lambda disk: guard(disk, said))(path)
    found = caught.value.diagnostic
    assert found.code == code, str(found)
    assert re.search(words, found.message), found.message
    assert SECRET[:18].decode() not in str(found)


# Honest images


@pytest.mark.parametrize(
    ("name", "form", "options"),
    [
        ("disk.qcow2", "qcow2", []),
        ("old.qcow2", "qcow2", ["-o", "compat=0.10"]),
        ("disk.vhd", "vpc", []),
        ("fixed.vhd", "vpc", ["-o", "subformat=fixed"]),
        ("disk.vhdx", "vhdx", []),
        ("fixed.vhdx", "vhdx", ["-o", "subformat=fixed"]),
        ("disk.vmdk", "vmdk", []),
        ("stream.vmdk", "vmdk", ["-o", "subformat=streamOptimized"]),
        ("flat.vmdk", "vmdk", ["-o", "subformat=monolithicFlat"]),
        ("parts.vmdk", "vmdk", ["-o", "subformat=twoGbMaxExtentSparse"]),
        ("flats.vmdk", "vmdk", ["-o", "subformat=twoGbMaxExtentFlat"]),
    ],
)
def test_honest_images_pass(raw, tmp_path, name, form, options):
    qemu_img("convert", "-f", "raw", "-O", form, *options, raw, tmp_path / name)
    disk = guard(tmp_path / name)
    assert abs(disk.virtual_size - 8 * MIB) <= 4096  # VHD rounds up to its cylinders
    assert disk.qemu_format == form
    assert tmp_path / name in disk.files


def test_the_end_of_an_older_descriptor_is_no_harm(raw, tmp_path):
    """qemu writes a CID of seven digits over one of eight, and leaves the last byte of the older text."""
    path = tmp_path / "parts.vmdk"
    qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=twoGbMaxExtentSparse", raw, path)
    text = path.read_bytes().partition(b"\0")[0]
    file(path, (text + b"\0" + text[-1:]).ljust(512, b"\0"))
    assert guard(path).subformat == "twogbmaxextentsparse"
    file(path, (text + b"\0" + b"\nRW 1 FL").ljust(512, b"\0"))
    refused(path, "C2H7017", "follows")


def test_a_raw_disk_with_partitions_passes(raw):
    with raw.open("r+b") as opened:
        opened.seek(510)
        opened.write(b"\x55\xaa")
    assert guard(raw).format == "raw"


def test_an_honest_archive_gives_its_disk(raw, tmp_path):
    qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", raw, tmp_path / "disk.vmdk")
    data = (tmp_path / "disk.vmdk").read_bytes()
    archive = ova(tmp_path / "pet.ova", member("pet.ovf", ovf()), member("disk.vmdk", data))
    (disk,) = ova_disks(archive)
    (tmp_path / "out").mkdir()
    extract_disk(archive, disk, tmp_path / "out" / "disk-1.vmdk")
    assert (tmp_path / "out" / "disk-1.vmdk").read_bytes() == data
    assert guard(tmp_path / "out" / "disk-1.vmdk").subformat == "streamoptimized"


# Files of the host: what a plain conversion copies out, the guard refuses


def leak_by_backing_file(folder, secret):
    return qcow2_over(folder / "evil.qcow2", "-b", secret, "-F", "raw"), "C2H7010", "overlay"


def qcow2_over(path, *options):
    qemu_img("create", "-q", "-f", "qcow2", *options, path, "1M")
    return path


def leak_by_data_file(folder, secret):
    path = qcow2_over(folder / "evil.qcow2", "-o", f"data_file={secret},data_file_raw=on,preallocation=metadata")
    secret.write_bytes(SECRET.ljust(MIB, b"\n"))  # making the image has emptied it
    return path, "C2H7011", "another file"


def leak_by_flat_extent(folder, secret):
    return file(folder / "evil.vmdk", descriptor("monolithicFlat", FLAT.format(secret))), "C2H7015", "leads out"


def leak_by_vmfs_extent(folder, secret):
    return file(folder / "evil.vmdk", descriptor("vmfs", f'RW 2048 VMFS "{secret}"')), "C2H7015", "leads out"


def leak_by_climbing_extent(folder, secret):
    return file(folder / "evil.vmdk", descriptor("monolithicFlat", FLAT.format("host/secret"))), "C2H7015", "leads out"


def leak_by_extent_beside(folder, secret):
    secret.rename(folder / "notes")
    return file(folder / "evil.vmdk", descriptor("monolithicFlat", FLAT.format("notes"))), "C2H7015", "not named after it"


def leak_by_linked_extent(folder, secret):
    (folder / "evil-flat.vmdk").symlink_to(secret)
    return file(folder / "evil.vmdk", descriptor("monolithicFlat", FLAT.format("evil-flat.vmdk"))), "C2H7015", "no file beside"


def leak_by_header_without_capacity(folder, secret):
    return (
        sparse_vmdk(folder / "evil.vmdk", descriptor("monolithicFlat", FLAT.format(secret)), capacity=0),
        "C2H7017",
        "0 sectors",
    )


def leak_by_descriptor_inside_an_extent(folder, secret):
    sparse_vmdk(folder / "evil-s001.vmdk", descriptor("monolithicFlat", FLAT.format(secret)), capacity=0)
    text = descriptor("twoGbMaxExtentSparse", 'RW 2048 SPARSE "evil-s001.vmdk"')
    return file(folder / "evil.vmdk", text), "C2H7015", "no sparse extent"


def leak_by_vmdk_parent(folder, secret):
    parent = folder / "host" / "other.vmdk"
    qemu_img("convert", "-f", "raw", "-O", "vmdk", secret, parent)
    cid = re.search(rb"\nCID=(\w+)", parent.read_bytes())[1].decode()
    text = descriptor("monolithicSparse", 'RW 2048 SPARSE "evil.vmdk"', parent=cid, hint=f'parentFileNameHint="{parent}"')
    qemu_img("create", "-q", "-f", "vmdk", folder / "evil.vmdk", "1M")
    data = bytearray((folder / "evil.vmdk").read_bytes())
    data[512 : 512 + 20 * 512] = text.ljust(20 * 512, b"\0")
    return file(folder / "evil.vmdk", bytes(data)), "C2H7016", "parent"


def leak_by_second_create_type(folder, secret):
    """The reading of the first line decides for qemu, of the last for others."""
    text = descriptor("monolithicFlat", FLAT.format(secret)) + b'createType="monolithicSparse"\n'
    return file(folder / "evil.vmdk", text), "C2H7017", "more than once"


LEAKS = [value for name, value in sorted(globals().items()) if name.startswith("leak_")]


@pytest.mark.parametrize("make", LEAKS, ids=lambda make: make.__name__)
def test_no_secret_of_the_host_comes_out(make, tmp_path, secret):
    image, code, words = make(tmp_path, secret)
    qemu_img("convert", "-f", image.suffix[1:], "-O", "raw", image, tmp_path / "naive")
    assert SECRET in (tmp_path / "naive").read_bytes(), "the image does not leak: the test would prove nothing"
    refused(image, code, words)


def test_a_padded_descriptor_that_is_declared_raw(tmp_path, secret):
    """To oslo.utils it is a safe raw disk; qemu follows it when it may guess."""
    image = file(tmp_path / "evil.raw", descriptor("monolithicFlat", FLAT.format(secret)).ljust(1024, b"\0"))
    qemu_img("convert", "-O", "raw", image, tmp_path / "naive")
    assert SECRET in (tmp_path / "naive").read_bytes()
    refused(image, "C2H7013", "pretends")


def test_a_descriptor_behind_comments_and_blank_lines(tmp_path, secret):
    text = b"# nothing here\n   \n#\n" + descriptor("monolithicFlat", FLAT.format(secret)).split(b"\n", 1)[1]
    image = file(tmp_path / "evil.raw", text.ljust(1024, b"\0"))
    qemu_img("convert", "-O", "raw", image, tmp_path / "naive")
    assert SECRET in (tmp_path / "naive").read_bytes()
    refused(image, "C2H7013", "pretends")


# Everything else that is malicious or broken: (name, code, words, maker)


def vhd(path: Path, changes: dict[int, bytes], options: tuple[str, ...] = ()) -> Path:
    qemu_img("create", "-q", "-f", "vpc", *options, path, "8M")
    data = bytearray(path.read_bytes())
    for place, new in changes.items():
        start = place % len(data)
        data[start : start + len(new)] = new
    return file(path, bytes(data))


def vhdx_with_parent(folder):
    path = folder / "x.vhdx"
    qemu_img("create", "-q", "-f", "vhdx", path, "8M")
    data = path.read_bytes()
    guid = bytes.fromhex("3767a1ca36fa434db3b633f0aa44e76b")
    entry = data.index(guid)
    start = data.rindex(b"metadata", 0, entry)
    place = start + struct.unpack_from("<I", data, entry + 16)[0] + 4
    return file(path, data[:place] + b"\x02" + data[place + 1 :])


def vhdx_with_table(folder, count):
    path = folder / "x.vhdx"
    qemu_img("create", "-q", "-f", "vhdx", path, "8M")
    data = bytearray(path.read_bytes())
    data[(192 << 10) + 8 : (192 << 10) + 12] = struct.pack("<I", count)
    return file(path, bytes(data))


def stream(folder, footer: bool):
    """A stream keeps the place of its directory in a footer; this one has another footer than its header, or none."""
    path = sparse_vmdk(folder / "x.vmdk", directory=(1 << 64) - 1)
    data = path.read_bytes()
    other = data[:28] + struct.pack("<Q", 5) + data[36:512]
    return file(path, data + bytes(512) + other + bytes(512)) if footer else path


def fifo(folder):
    os.mkfifo(folder / "x.raw")
    return folder / "x.raw"


def loop(folder):
    (folder / "x.raw").symlink_to(folder / "x.raw")
    return folder / "x.raw"


TWO = descriptor("monolithicSparse", 'RW 2048 SPARSE "x.vmdk"')
EVIL = [
    ("nothing there", "C2H7001", "No such file", lambda d, r: d / "none.raw"),
    ("a pipe", "C2H7001", "no plain file", lambda d, r: fifo(d)),
    ("a folder", "C2H7001", "no plain file", lambda d, r: d),
    ("a link to itself", "C2H7001", "cannot be read", lambda d, r: loop(d)),
    ("empty", "C2H7002", "0 bytes", lambda d, r: file(d / "x.raw", b"")),
    ("raw that is qcow2", "C2H7003", "declared as raw and is qcow2", lambda d, r: qcow2(d / "x.img", {})),
    ("vmdk that is raw", "C2H7003", "declared as vmdk and is raw", lambda d, r: r.rename(d / "x.vmdk")),
    ("an unknown name", "C2H7004", "does not say", lambda d, r: r.rename(d / "disk")),
    ("QED", "C2H7005", "QED", lambda d, r: file(d / "x.raw", b"QED\0".ljust(1024, b"\0"))),
    ("VDI", "C2H7005", "VDI", lambda d, r: file(d / "x.raw", bytes(64) + b"\x7f\x10\xda\xbe" + bytes(1024))),
    ("COWD", "C2H7005", "ESX", lambda d, r: file(d / "x.vmdk", b"COWD".ljust(2048, b"\0"))),
    ("dmg", "C2H7005", "Apple", lambda d, r: file(d / "x.raw", bytes(512) + b"koly".ljust(512, b"\0"))),
    ("ISO", "C2H7005", "ISO", lambda d, r: file(d / "x.raw", bytes(32769) + b"CD001" + bytes(4096))),
    ("gzip bomb", "C2H7006", "gzip", lambda d, r: file(d / "x.vmdk", gzip.compress(bytes(8 * MIB), 0))),
    ("zip", "C2H7006", "zip", lambda d, r: file(d / "x.ova.vmdk", b"PK\x03\x04".ljust(1024, b"\0"))),
    ("LUKS", "C2H7007", "LUKS", lambda d, r: file(d / "x.raw", b"LUKS\xba\xbe\0\1".ljust(4096, b"\0"))),
    ("encrypted qcow2", "C2H7007", "encrypted", lambda d, r: qcow2(d / "x.qcow2", {32: struct.pack(">I", 1)})),
    ("qcow1", "C2H7012", "version 1", lambda d, r: qcow2(d / "x.qcow2", {4: struct.pack(">I", 1)})),
    ("features", "C2H7012", "not known", lambda d, r: qcow2(d / "x.qcow2", {72: struct.pack(">Q", 1 << 40)})),
    ("backing past the end", "C2H7010", "overlay", lambda d, r: qcow2(d / "x.qcow2", {8: struct.pack(">QI", 1 << 40, 9)})),
    ("petabytes", "C2H7020", "bytes large", lambda d, r: qcow2_of(d / "x.qcow2", "60T")),
    ("a table of exabytes", "C2H7021", "qemu cannot open", lambda d, r: qcow2(d / "x.qcow2", {24: b"\x7f" + b"\xff" * 7})),
    ("absurd clusters", "C2H7021", "luster", lambda d, r: qcow2(d / "x.qcow2", {20: struct.pack(">I", 60)})),
    ("no descriptor", "C2H7017", "createType", lambda d, r: sparse_vmdk(d / "x.vmdk", b"")),
    ("a descriptor elsewhere", "C2H7017", "createType", lambda d, r: sparse_vmdk(d / "x.vmdk", place=1 << 50)),
    ("a huge descriptor", "C2H7017", "longer", lambda d, r: file(d / "x.vmdk", TWO + b"#" * (3 << 20))),
    ("hidden text", "C2H7017", "follows", lambda d, r: file(d / "x.vmdk", TWO + b"\0" * 9 + b"RW 1 FLAT")),
    ("a line of no VMDK", "C2H7017", "line", lambda d, r: file(d / "x.vmdk", TWO + b"exec /bin/sh\n")),
    ("no extents", "C2H7017", "0 extents", lambda d, r: file(d / "x.vmdk", descriptor("monolithicFlat"))),
    ("a device", "C2H7014", "fulldevice", lambda d, r: file(d / "x.vmdk", descriptor("fullDevice", 'RW 9 FLAT "/dev/vda" 0'))),
    (
        "an ESX delta",
        "C2H7014",
        "vmfssparse",
        lambda d, r: sparse_vmdk(d / "x.vmdk", descriptor("vmfsSparse", 'RW 9 SPARSE "x"')),
    ),
    (
        "flat inside sparse",
        "C2H7015",
        "not in this file",
        lambda d, r: sparse_vmdk(d / "x.vmdk", TWO.replace(b"SPARSE", b"FLAT")),
    ),
    ("an address", "C2H7015", "leads out", lambda d, r: file(d / "x.vmdk", descriptor("monolithicFlat", FLAT.format("nbd:h:1")))),
    ("a missing extent", "C2H7015", "beside", lambda d, r: file(d / "x.vmdk", descriptor("vmfs", 'RW 9 VMFS "x-flat.vmdk"'))),
    ("another footer", "C2H7017", "footer is another", lambda d, r: stream(d, footer=True)),
    ("a cut stream", "C2H7017", "footer is missing", lambda d, r: stream(d, footer=False)),
    ("a differencing VHD", "C2H7018", "parent", lambda d, r: vhd(d / "x.vhd", {60: b"\0\0\0\4", -452: b"\0\0\0\4"})),
    ("a VHD of two kinds", "C2H7026", "different kinds", lambda d, r: vhd(d / "x.vhd", {60: b"\0\0\0\4"})),
    ("a VHD of no kind", "C2H7026", "no kind 9", lambda d, r: vhd(d / "x.vhd", {60: b"\0\0\0\t", -452: b"\0\0\0\t"})),
    ("a cut VHD", "C2H7026", "cut off", lambda d, r: vhd(d / "x.vhd", {-512: bytes(512)})),
    ("a differencing VHDX", "C2H7018", "parent", lambda d, r: vhdx_with_parent(d)),
    ("a table of a VHDX", "C2H7026", "4000000000 entries", lambda d, r: vhdx_with_table(d, 4_000_000_000)),
    ("a VHDX without metadata", "C2H7026", "no metadata", lambda d, r: vhdx_with_table(d, 0)),
    ("a cut VHDX", "C2H7026", "missing", lambda d, r: file(d / "x.vhdx", b"vhdxfile".ljust(4096, b"\0"))),
]


def qcow2_of(path: Path, size: str) -> Path:
    qemu_img("create", "-q", "-f", "qcow2", "-o", "cluster_size=2M", path, size)
    return path


@pytest.mark.parametrize(("code", "words", "make"), [case[1:] for case in EVIL], ids=[case[0] for case in EVIL])
def test_malicious_images_are_refused(code, words, make, tmp_path, raw):
    folder = tmp_path / "given"
    folder.mkdir()
    refused(make(folder, raw), code, words)


def test_two_formats_in_one_file(tmp_path):
    """A partitioned disk, an ISO and a LUKS at once: whoever reads it sees what he looks for."""
    path = qcow2(tmp_path / "x.qcow2", {510: b"\x55\xaa", 446: b"\0" * 4 + b"\xee" + b"\0" * 3 + b"\1\0\0\0"})
    refused(path, "C2H7024", "cannot make sense|headers")


def test_what_only_qemu_sees_is_refused(tmp_path, secret, monkeypatch):
    """The second net: with the reading of headers blind, qemu's own list of files refuses the image."""
    image = qcow2_over(tmp_path / "evil.qcow2", "-b", secret, "-F", "raw")
    monkeypatch.setattr("cfn2heat.images.guard.check_qcow2", lambda path, head: "version 3")
    monkeypatch.setattr("cfn2heat.images.guard._JUDGED", ())
    refused(image, "C2H7023", "host/secret")


def test_what_the_inspector_refuses_is_refused(tmp_path, secret, monkeypatch, capfd):
    image = qcow2_over(tmp_path / "evil.qcow2", "-b", secret, "-F", "raw")
    monkeypatch.setattr("cfn2heat.images.guard.check_qcow2", lambda path, head: "version 3")
    refused(image, "C2H7024", "backing_file")
    assert capfd.readouterr().err == ""  # its own warnings are no messages for people


def test_looking_at_an_image_is_bounded(raw, monkeypatch):
    from cfn2heat.images import guard as module
    from cfn2heat.images.tools import Limits

    monkeypatch.setattr(module, "_LOOK", Limits(seconds=30, cpu=20, memory=8 << 20))
    with pytest.raises(InputError) as caught:
        guard(raw)
    assert caught.value.diagnostic.code in ("C2H7021", "C2H7022")


# Archives


def archive(folder: Path, *members, **fields) -> Path:
    return ova(folder / "x.ova", *members, **fields)


def sparse_member(folder: Path) -> Path:
    """A member that a pax header makes eight exabytes of nothing."""
    headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 62)}
    return archive(folder, GOOD, member("disk.vmdk", b"x", pax_headers=headers), form=tarfile.PAX_FORMAT)


def cut_archive(folder: Path) -> Path:
    path = archive(folder, GOOD, member("disk.vmdk", bytes(MIB)))
    return file(path, path.read_bytes()[: MIB // 2])


GOOD = member("pet.ovf", ovf())
DISK = member("disk.vmdk", b"KDMV".ljust(2048, b"\0"))
MANIFEST = b"SHA256(disk.vmdk)= " + b"0" * 64 + b"\n"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
ARCHIVES = [
    ("absolute", "C2H7030", "leads out", lambda d: archive(d, GOOD, member("/etc/cron.d/x", b"x"))),
    ("climbing", "C2H7030", "leads out", lambda d: archive(d, GOOD, member("a/../../x", b"x"))),
    ("climbing as Windows does", "C2H7030", "leads out", lambda d: archive(d, GOOD, member("a\\..\\x", b"x"))),
    ("a drive", "C2H7030", "leads out", lambda d: archive(d, GOOD, member("c:x", b"x"))),
    (
        "a link",
        "C2H7031",
        "a link",
        lambda d: archive(d, GOOD, member("disk.vmdk", type=tarfile.SYMTYPE, linkname="/etc/passwd")),
    ),
    (
        "a hard link",
        "C2H7031",
        "a link",
        lambda d: archive(d, GOOD, member("disk.vmdk", type=tarfile.LNKTYPE, linkname="pet.ovf")),
    ),
    ("a device", "C2H7031", "no plain file", lambda d: archive(d, GOOD, member("disk.vmdk", type=tarfile.CHRTYPE))),
    ("a sparse member", "C2H7031", "sparse", sparse_member),
    ("twice", "C2H7032", "twice", lambda d: archive(d, GOOD, DISK, DISK)),
    ("many", "C2H7032", "more than 256", lambda d: archive(d, *(member(f"m{number}") for number in range(300)))),
    ("a long header", "C2H7032", "header in the archive", lambda d: archive(d, member("n" * (2 << 20)), form=tarfile.GNU_FORMAT)),
    ("no archive", "C2H7032", "cannot be read", lambda d: file(d / "x.ova", b"\1" * 4096)),
    ("no descriptor", "C2H7033", "0 OVF", lambda d: archive(d, DISK)),
    ("two descriptors", "C2H7033", "2 OVF", lambda d: archive(d, GOOD, member("b.ovf", ovf()), DISK)),
    ("a huge descriptor", "C2H7033", "bytes long", lambda d: archive(d, member("pet.ovf", b" " * (5 << 20)))),
    ("entities", "C2H7033", "entities", lambda d: archive(d, member("pet.ovf", ovf(before=BOMB)), DISK)),
    ("no XML", "C2H7033", "cannot be read", lambda d: archive(d, member("pet.ovf", b"<a"), DISK)),
    (
        "another encoding",
        "C2H7033",
        "cannot be read",
        lambda d: archive(d, member("pet.ovf", ovf().decode().encode("utf-16")), DISK),
    ),
    ("a file of the host", "C2H7034", "not in the archive", lambda d: archive(d, member("pet.ovf", ovf("/etc/passwd")), DISK)),
    ("an address", "C2H7034", "not in the archive", lambda d: archive(d, member("pet.ovf", ovf("http://192.0.2.1/d")), DISK)),
    ("packed", "C2H7035", "once more", lambda d: archive(d, member("pet.ovf", ovf(extra='ovf:compression="gzip"')), DISK)),
    ("chunks", "C2H7035", "once more", lambda d: archive(d, member("pet.ovf", ovf(extra='ovf:chunkSize="9"')), DISK)),
    ("cut", "C2H7037|C2H7032", "longer|cannot be read", cut_archive),
]


@pytest.mark.parametrize(("code", "words", "make"), [case[1:] for case in ARCHIVES], ids=[case[0] for case in ARCHIVES])
def test_malicious_archives_are_refused(code, words, make, tmp_path):
    path = make(tmp_path)
    with pytest.raises(InputError) as caught:
        ova_disks(path)
    assert re.fullmatch(code, caught.value.diagnostic.code), str(caught.value)
    assert re.search(words, caught.value.diagnostic.message)
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("of", ["pet.ovf", "disk.vmdk"])
def test_a_member_that_the_manifest_contradicts(tmp_path, of):
    manifest = MANIFEST.replace(b"disk.vmdk", of.encode())
    path = archive(tmp_path, GOOD, member("pet.mf", manifest), DISK)
    with pytest.raises(InputError, match="C2H7036"):
        extract_disk(path, ova_disks(path)[0], tmp_path / "copy")
    assert sorted(tmp_path.iterdir()) == [path]


def test_an_archive_is_no_disk(tmp_path):
    refused(archive(tmp_path, GOOD).rename(tmp_path / "x.tar"), "C2H7005", "archive", said="ova")
