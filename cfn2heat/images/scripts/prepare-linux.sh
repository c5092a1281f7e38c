#!/bin/sh
# Prepares a Linux server for OpenStack, before its disk is exported from AWS. From `cfn2heat images prepare linux`.
#
#   sh prepare-linux.sh --dry-run      says what it would do
#   sh prepare-linux.sh                does it, as root; a second run finds nothing to do
#
# The server goes on running in AWS and starts there as before. A file that is changed is kept beside it as FILE.before-cfn2heat.
# --keep-agents leaves the agents of AWS as they are; --root DIR works on a system that is mounted there,
# with its own programs (chroot).
set -u
dry= keep_agents= root= changes=0 lacking=0
usage() { echo "usage: $0 [--dry-run] [--keep-agents] [--root DIR]" >&2; exit 2; }
while [ $# -gt 0 ]; do
    case $1 in
        --dry-run) dry=yes ;;
        --keep-agents) keep_agents=yes ;;
        --root) [ $# -gt 1 ] || usage; root=${2%/}; shift ;;
        *) usage ;;
    esac
    shift
done
[ -n "$dry$root" ] || [ "$(id -u)" = 0 ] || { echo "run it as root, or with --dry-run" >&2; exit 1; }
[ -d "$root/etc" ] || { echo "there is no $root/etc" >&2; exit 1; }

within() { if [ -n "$root" ]; then chroot "$root" "$@"; else "$@"; fi; }
have() { within sh -c 'command -v "$1"' sh "$1" >/dev/null 2>&1; }
done_so() { changes=$((changes + 1)); if [ -n "$dry" ]; then echo "would $1"; else echo "did $1"; fi; }
by_hand() { lacking=$((lacking + 1)); echo "BY HAND: $1"; }

# run TEXT COMMAND...: one command that changes something
run() {
    text=$1; shift
    if [ -z "$dry" ] && ! within "$@"; then by_hand "this has failed: $*"; return 1; fi
    done_so "$text"
}

# put TEXT FILE CONTENT: the file holds this, unless it does already; the first one that was there is kept
put() {
    if [ -f "$2" ] && [ "$(cat "$2")" = "$3" ]; then return 1; fi
    if [ -z "$dry" ]; then
        mkdir -p "${2%/*}" || return 1
        [ ! -f "$2" ] || [ -f "$2.before-cfn2heat" ] || cp -p "$2" "$2.before-cfn2heat" || return 1
        printf '%s\n' "$3" > "$2" || { by_hand "$2 cannot be written"; return 1; }
    fi
    done_so "$1 ($2)"
}

undo() { if [ -f "$1.before-cfn2heat" ]; then mv "$1.before-cfn2heat" "$1"; else rm -f "$1"; fi; }
kernels() { for folder in "$root"/lib/modules/*/; do [ -d "$folder/kernel" ] && basename "$folder"; done; }

# The drivers that any kernel here has as modules; those that are built in need nothing.
modules() {
    for module in virtio_pci virtio_blk virtio_scsi virtio_net; do
        for found in "$root"/lib/modules/*/kernel/drivers/*/"$module".ko* "$root"/lib/modules/*/kernel/drivers/*/*/"$module".ko*; do
            [ -e "$found" ] && { echo "$module"; break; }
        done
    done
}

ramdisk() {
    drivers=$(modules | tr '\n' ' '); drivers=${drivers% }
    if [ -z "$drivers" ]; then
        grep -qs virtio_blk "$root"/lib/modules/*/modules.builtin || by_hand "no kernel here has virtio drivers: install a newer one"
        return
    fi
    if have dracut; then
        file=$root/etc/dracut.conf.d/cfn2heat.conf
        put "ask for virtio drivers in the initial ramdisk" "$file" "add_drivers+=\" $drivers \"" || return
        for kernel in $(kernels); do
            run "make the initial ramdisk of $kernel anew" dracut --force "/boot/initramfs-$kernel.img" "$kernel" || undo "$file"
        done
    elif have update-initramfs; then
        file=$root/etc/initramfs-tools/modules
        asked=$(cat "$file" 2>/dev/null; for driver in $drivers; do grep -qsx "$driver" "$file" || echo "$driver"; done)
        put "ask for virtio drivers in the initial ramdisk" "$file" "$asked" || return
        run "make the initial ramdisks anew" update-initramfs -u -k all || undo "$file"
    else
        by_hand "put $drivers into the initial ramdisk: there is neither dracut nor update-initramfs"
    fi
}

datasource() {
    if [ ! -d "$root/etc/cloud" ]; then
        by_hand "install cloud-init: without it keys and user data of OpenStack are not read, and the address stays as it is set"
        return
    fi
    # Ec2 stays last, so that the server starts in AWS as well.
    put "let cloud-init ask OpenStack first" "$root/etc/cloud/cloud.cfg.d/99-openstack.cfg" \
        "datasource_list: [ConfigDrive, OpenStack, Ec2, None]"
}

network() {
    rules=$root/etc/udev/rules.d/70-persistent-net.rules
    if [ -f "$rules" ]; then
        [ -n "$dry" ] || mv "$rules" "$rules.before-cfn2heat"
        done_so "set aside the rules that tie names to the old network card ($rules)"
    fi
    if [ -f "$root/lib/udev/rules.d/75-persistent-net-generator.rules" ]; then
        put "keep such rules from being written again" "$root/etc/udev/rules.d/75-persistent-net-generator.rules" "# kept from running by cfn2heat"
    fi
    for file in "$root"/etc/sysconfig/network-scripts/ifcfg-*; do
        case $file in *.before-cfn2heat) continue ;; esac
        [ -f "$file" ] && grep -q '^HWADDR=' "$file" || continue
        put "take the old card's address out" "$file" "$(sed 's/^HWADDR=/#&/' "$file")"
    done
    for file in "$root"/etc/netplan/*.yaml; do
        [ -f "$file" ] && [ "${file##*/}" != 50-cloud-init.yaml ] && grep -q 'macaddress:' "$file" &&
            by_hand "$file is tied to the old card's address: let it match by name"
    done
}

# The names of disks change with their drivers; UUIDs stay.
uuid_of() { within blkid -s UUID -o value "$1" 2>/dev/null; }
named_by_uuid() {
    while IFS= read -r line || [ -n "$line" ]; do
        device=${line%%[[:space:]]*}
        case $device in
            /dev/xvd* | /dev/nvme* | /dev/sd*) uuid=$(uuid_of "$device" < /dev/null); [ -z "$uuid" ] || line="UUID=$uuid${line#"$device"}" ;;
        esac
        printf '%s\n' "$line"
    done < "$root/etc/fstab"
}

fstab() {
    [ -f "$root/etc/fstab" ] || return
    put "name disks by their UUIDs" "$root/etc/fstab" "$(named_by_uuid)"
    while read -r device point _; do
        case $device in
            /dev/xvd* | /dev/nvme* | /dev/sd*)
                [ -n "$(uuid_of "$device" < /dev/null)" ] || by_hand "$device at $point has no UUID: mount it in another way" ;;
        esac
    done < "$root/etc/fstab"
    case $(cat "$root/proc/cmdline" 2>/dev/null) in
        *root=/dev/*) by_hand "the boot loader names the root disk: let it say root=UUID=..." ;;
    esac
}

wanted_consoles="console=tty0 console=ttyS0,115200n8"
with_console() {
    if grep -q '^GRUB_CMDLINE_LINUX=' "$file"; then
        sed -e "s/^GRUB_CMDLINE_LINUX=\([\"']\)/&$wanted_consoles /" -e "s/^GRUB_CMDLINE_LINUX=\([^\"'].*\)\{0,1\}\$/GRUB_CMDLINE_LINUX=\"$wanted_consoles \1\"/" "$file"
    else
        cat "$file"; echo "GRUB_CMDLINE_LINUX=\"$wanted_consoles\""
    fi
}

console() {
    file=$root/etc/default/grub
    if [ -f "$file" ] && ! grep -q '^GRUB_CMDLINE_LINUX\(_DEFAULT\)\{0,1\}=.*console=ttyS0' "$file"; then
        put "let the kernel speak on the serial console" "$file" "$(with_console)" || return
        if have grubby; then
            run "tell the boot loader of it" grubby --update-kernel=ALL "--args=$wanted_consoles"
        elif have update-grub; then
            run "tell the boot loader of it" update-grub
        elif have grub2-mkconfig; then
            run "tell the boot loader of it" grub2-mkconfig -o /boot/grub2/grub.cfg
        else
            by_hand "write the boot loader's configuration anew"
        fi
    elif [ ! -f "$file" ] && ! grep -qs 'console=ttyS0' "$root/proc/cmdline"; then
        by_hand "let the boot loader hand over $wanted_consoles, so that the console log shows something"
    fi
}

# They are kept from starting; those that run, run on until the export.
agents() {
    for name in amazon-ssm-agent amazon-cloudwatch-agent awslogs awslogsd ec2-instance-connect ec2net-ifup hibagent hibinit-agent cfn-hup \
        codedeploy-agent xe-daemon snap.amazon-ssm-agent.amazon-ssm-agent; do
        if have systemctl; then
            [ "$(systemctl is-enabled "$name.service" 2>/dev/null)" = enabled ] && run "keep $name from starting" systemctl disable "$name.service"
        else
            for link in "$root"/etc/rc[2-5].d/S[0-9][0-9]"$name" "$root"/etc/rc.d/rc[2-5].d/S[0-9][0-9]"$name"; do
                [ -e "$link" ] || [ -L "$link" ] || continue
                if have chkconfig; then
                    run "keep $name from starting" chkconfig "$name" off
                else
                    run "keep $name from starting" update-rc.d "$name" disable
                fi
                break
            done
        fi
    done
}

ramdisk
datasource
network
fstab
console
[ -n "$keep_agents" ] || agents
[ -n "$dry" ] || sync
echo "$changes changes, $lacking left to do by hand"
