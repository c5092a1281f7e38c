# Waits for a volume, makes a file system on it when it has none, and mounts it: volume.sh ID LABEL TYPE MOUNT
id=$1 label=$2 type=$3 point=$4 device=
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  for found in "/dev/disk/by-id/virtio-$(printf %.20s "$id")" /dev/disk/by-id/scsi-*"$id"; do
    [ -e "$found" ] && device=$found && break 2
  done
  sleep 15
done
[ -n "$device" ] || { echo "the volume for $point has not come" >&2; exit 1; }
if ! blkid "$device"; then
  command -v "mkfs.$type" || type=ext4
  "mkfs.$type" -L "$label" "$device" || exit 1
fi
mkdir -p "$point"
grep -q "^LABEL=$label " /etc/fstab || echo "LABEL=$label $point auto defaults,nofail 0 2" >> /etc/fstab
mount "$point"
