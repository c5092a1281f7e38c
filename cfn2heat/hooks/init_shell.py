"""What the scripts that do cfn-init's and cfn-signal's work are made of: POSIX shell, as every image has it."""

FOLDER = "/var/lib/cfn2heat"
"""Where they are put; cloud-init makes it when the server boots first, for root alone."""
SIGNAL = f"{FOLDER}/signal"

HEAD = """\
#!/bin/sh
# What AWS::CloudFormation::Init of NAME says, in the order of cfn-init.
# Usage: init-NAME [CONFIGSET,...]
umask 022
log=/var/log/cfn-init.log

say() { printf '%s\\n' "$*"; }
fail() { say "$* failed"; exit 1; }
"""

FUNCTIONS = {
    "shell": """\
shell() { # COMMAND...: has a shell run standard input, itself run by the command
    text=$(cat; echo .)
    "$@" /bin/sh -c "${text%??}" < /dev/null
}
""",
    "place": """\
place() { # PATH: an empty file that nobody else can read
    say "file $1"
    mkdir -p "$(dirname "$1")" && rm -f "$1" && (umask 077; : > "$1")
}
give() { # PATH MODE OWNER GROUP
    { [ -z "$3$4" ] || chown "$3${4:+:$4}" "$1"; } && chmod "$2" "$1"
}
""",
    "file": """\
file() { # PATH MODE OWNER GROUP: standard input, less its last line break, becomes the file
    text=$(cat; echo .)
    place "$1" && printf %s "${text%??}" > "$1" && give "$@"
}
""",
    "binary": """\
binary() { # PATH MODE OWNER GROUP: standard input, which is base64, becomes the file
    place "$1" && base64 -d > "$1" && give "$@"
}
""",
    "fetch": """\
fetch() { # ADDRESS PATH MODE OWNER GROUP
    address=$1
    shift
    place "$1" && download "$address" "$1" && give "$@"
}
""",
    "download": """\
download() { # ADDRESS PATH
    if command -v curl > /dev/null; then curl -fsSL --retry 5 -o "$2" "$1"
    else wget -q -t 5 -O "$2" "$1"
    fi
}
""",
    "link": """\
link() { # PATH TARGET
    say "link $1"
    mkdir -p "$(dirname "$1")" && ln -sfn "$2" "$1"
}
""",
    "unpack": """\
unpack() { # DIRECTORY ADDRESS: an archive (tar in any compression, or zip); those of GitHub lose their outer directory
    say "source $1"
    work=$(mktemp -d) && mkdir -p "$1" "$work/all" || return
    case $2 in
    http://* | https://* | ftp://*) download "$2" "$work/archive" || return ;;
    *) cp "$2" "$work/archive" || return ;;
    esac
    if tar -tf "$work/archive" > /dev/null 2>&1
    then tar -xf "$work/archive" -C "$work/all"
    else unzip -qo "$work/archive" -d "$work/all"
    fi || return
    from=$work/all
    case $2 in
    http*://github.com/*/zipball/* | http*://github.com/*/tarball/*)
        [ "$(ls "$from" | wc -l)" -ne 1 ] || from=$from/$(ls "$from") ;;
    esac
    cp -a "$from/." "$1" && rm -rf "$work"
}
""",
    "manage": """\
manage() { # ACTION SERVICE: start, stop, restart, status, enable or disable
    if command -v systemctl > /dev/null; then systemctl "$1" "$2"
    elif [ "$1" != enable ] && [ "$1" != disable ]; then command service "$2" "$1"
    elif ! command -v chkconfig > /dev/null; then update-rc.d "$2" "$1"
    elif [ "$1" = enable ]; then chkconfig "$2" on
    else chkconfig "$2" off
    fi
}
""",
}
"""Functions by the name that a line calls them by."""

NEEDS = {"file": ("place",), "binary": ("place",), "fetch": ("place", "download"), "unpack": ("download",)}

MAIN = """\
run() { # CONFIGSETS
    set -f
    IFS=,
    set -- ${1:-default}
    unset IFS
    set +f
    for name; do config_set "$name"; done
}

(umask 077; : >> "$log")
if (run "$@") >> "$log" 2>&1; then
    echo "cfn-init: done, see $log"
else
    echo "cfn-init: $(tail -n 1 "$log"), see $log" >&2
    exit 1
fi
"""

SIGNAL_SCRIPT = """\
#!/bin/sh
# Tells a wait condition of Heat how it went, as cfn-signal does.
# Usage: signal [-e STATUS | -s true|false] [-r REASON] [-d DATA] [-i ID] ADDRESS
status=SUCCESS reason='' data='' id=$(cat /var/lib/cloud/data/instance-id 2> /dev/null || hostname)
judge() { case $1 in 0 | true) ;; *) status=FAILURE ;; esac; }
while [ $# -gt 0 ]; do
    case $1 in
    --*=*) option=${1%%=*} value=${1#*=} ;;
    -?) option=$1 value=$2; [ $# -eq 1 ] || shift ;;
    --*) option=$1 value=$2; [ $# -eq 1 ] || shift ;;
    *) option=address value=$1 ;;
    esac
    shift
    case $option in
    -e | --exit-code | -s | --success) judge "$value" ;;
    -r | --reason) reason=$value ;;
    -d | --data) data=$value ;;
    -i | --id) id=$value ;;
    address) address=$value ;;
    esac
done
case $address in http*) ;; *) address=$(printf %s "$address" | base64 -d) ;; esac
[ "$status" = SUCCESS ] || reason=${reason:-Configuration failed.}
json() { # TEXT
    printf '%s\\n' "$1" | tr '\\t\\r' '  ' | tr -d '\\001-\\010\\013-\\037' | sed 's/[\\\\"]/\\\\&/g' |
        awk 'NR > 1 { printf "\\\\n" } { printf "%s", $0 }'
}
body=$(printf '{"Status":"%s","Reason":"%s","Data":"%s","UniqueId":"%s"}' \\
    "$status" "$(json "$reason")" "$(json "$data")" "$(json "$id")")
if command -v curl > /dev/null; then curl -fsS --retry 5 -X PUT -H Content-Type: --data-binary "$body" "$address"
else wget -q -t 5 -O - --method=PUT --header=Content-Type: --body-data="$body" "$address"
fi
"""
"""All four keys are sent: Heat's answer to a signal that lacks one is an error, a minute later."""
