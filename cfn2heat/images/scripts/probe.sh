# What is on this server: read by `cfn2heat images inventory`, changes nothing. $1 is "live", or "disk" where nothing of it runs.
# Each section begins with a line of a mark and its name. Fields are separated by tabs; contents of files are base64.
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/local/bin
export LC_ALL PATH
mode=${1:-live}
tab=$(printf '\t')
newline='
'
have() { command -v "$1" >/dev/null 2>&1; }
section() { echo "@@mark@@$1"; }

section system
(. /etc/os-release 2>/dev/null && printf 'id\t%s\nversion\t%s\ntitle\t%s\n' "$ID" "$VERSION_ID" "$PRETTY_NAME")
[ -f /etc/os-release ] || printf 'title\t%s\n' "$(head -n 1 /etc/system-release /etc/redhat-release /etc/debian_version 2>/dev/null | grep -v '^==' | head -n 1)"
[ -d /run/systemd/system ] || [ -x /lib/systemd/systemd ] || [ -x /usr/lib/systemd/systemd ] && printf 'init\tsystemd\n' || printf 'init\tsysvinit\n'
printf 'hostname\t%s\n' "$(cat /etc/hostname 2>/dev/null || sed -n 's/^HOSTNAME=//p' /etc/sysconfig/network 2>/dev/null)"
printf 'user\t%s\n' "$(id -u)"
if [ "$mode" = live ]; then
    printf 'kernel\t%s\narch\t%s\n' "$(uname -r)" "$(uname -m)"
    printf 'cpus\t%s\n' "$(grep -c '^processor' /proc/cpuinfo)"
    printf 'memory\t%s\n' "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
    printf 'product\t%s\n' "$(cat /sys/class/dmi/id/product_name 2>/dev/null)"
fi
for file in /run/cloud-init/instance-data.json /var/lib/cloud/instance/datasource; do
    sed -n 's/.*"\(ami-id\|instance-type\)": *"\([^"]*\)".*/\1\t\2/p' "$file" 2>/dev/null
done

section deb
if have dpkg-query; then
    dpkg-query -W -f='${db:Status-Abbrev}\t${Package}\t${Version}\n' 2>/dev/null
elif [ -f /var/lib/dpkg/status ]; then
    awk -F': ' '$1=="Package"{p=$2} $1=="Status"{s=$2} $1=="Version"{v=$2} $0==""{if(s ~ /installed$/)print "ii \t" p "\t" v; p=""}
        END{if(p!="" && s ~ /installed$/)print "ii \t" p "\t" v}' /var/lib/dpkg/status
fi
section rpm
have rpm && ! have dpkg-query && rpm -qa --qf '%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%{VENDOR}\n' 2>/dev/null
section manual
have apt-mark && apt-mark showmanual 2>/dev/null
if have dnf; then
    dnf -q -C --disablerepo='*' repoquery --installed --userinstalled --qf '%{name}\n' 2>/dev/null
elif have rpm && [ -d /var/lib/yum/yumdb ]; then
    grep -lx user /var/lib/yum/yumdb/*/*/reason 2>/dev/null | sed -n 's,^.*/[0-9a-f]\{40\}-\(.*\)-[^-]*-[^-]*-[^-]*/reason$,\1,p'
fi
section local
have apt && ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && apt list --installed 2>/dev/null | sed -n 's,^\([^/]*\)/.*[[]installed\,local].*,\1,p'

section repositories
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^[ \t]*deb[ \t]*\([[][^]]*][ \t]*\)\{0,1\}\([^ ]*\).*/deb\t\2/p'
cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed -n 's/^URIs:[ \t]*\([^ ]*\).*/deb\t\1/p'
cat /etc/yum.repos.d/*.repo 2>/dev/null | awk -F= '
    function out() { if (name != "" && on != "0") print name "\t" url }
    /^\[/ { out(); name = substr($0, 2, index($0, "]") - 2); url = ""; on = "1" }
    $1 ~ /^enabled *$/ { gsub(/ /, "", $2); on = $2 }
    $1 ~ /^(baseurl|mirrorlist|metalink) *$/ && url == "" { url = $0; sub(/^[^=]*= */, "", url) }
    END { out() }'

section filesystems
df -PTk 2>/dev/null | awk 'NR>1 {point=$7; for(i=8;i<=NF;i++) point=point " " $i; print $1 "\t" $2 "\t" $3 "\t" $4 "\t" point}'
section mounts
awk '$1 !~ /^#/ && NF>=3 {print $1 "\t" $2 "\t" $3 "\t" $4}' /etc/fstab 2>/dev/null
section lines
if [ "$mode" = live ]; then
    if have ss; then ss -lntupH 2>/dev/null | sed 's/^/ss /'; elif have netstat; then netstat -lntup 2>/dev/null | sed 's/^/netstat /'; fi
fi

section services
for link in /etc/systemd/system/*.wants/*; do
    [ -L "$link" ] && echo "${link##*/}"
done
section masked
for link in /etc/systemd/system/*; do
    [ -L "$link" ] && [ "$(readlink "$link")" = /dev/null ] && echo "${link##*/}"
done
section sysv
level=$(sed -n 's/^[^#:]*:\([2-5]\):initdefault:.*/\1/p' /etc/inittab 2>/dev/null | head -n 1)
if [ -z "$level" ]; then level=3; [ -f /etc/debian_version ] && level=2; fi
for link in /etc/rc"$level".d/S[0-9][0-9]* /etc/rc.d/rc"$level".d/S[0-9][0-9]*; do
    [ -e "$link" ] || [ -L "$link" ] && echo "${link##*/}"
done

section users
awk -F: '{print $1 "\t" $3 "\t" $4 "\t" $6 "\t" $7}' /etc/passwd
section groups
awk -F: '{print $1 "\t" $3 "\t" $4}' /etc/group
section keys
while IFS=: read -r name _ uid _ _ home _; do
    { [ "$uid" = 0 ] || [ "$uid" -ge 500 ]; } 2>/dev/null || continue
    for file in "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2"; do
        [ -f "$file" ] && head -c 65536 "$file" | sed -n "s/^[ $tab]*\([^#]\)/$name$tab\1/p"
    done
done < /etc/passwd 2>/dev/null

# Files that no package brought. Package managers are asked about many files at once.
candidates() {
    for file in /etc/init.d/* /etc/rc.d/init.d/* /etc/systemd/system/*.service /etc/systemd/system/*.timer /etc/systemd/system/*.socket \
        /etc/systemd/system/*.mount /etc/systemd/system/*.path /etc/systemd/system/*.d/*.conf /etc/init/*.conf /etc/cron.d/* \
        /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/* /var/lib/cloud/scripts/per-*/* \
        /etc/sudoers.d/* /etc/logrotate.d/*; do
        case $file in *"$newline"* | *"$tab"* | */README | */.placeholder) continue ;; esac
        [ -f "$file" ] && [ ! -L "$file" ] && echo "$file"
    done
    # Programs that such units start; those in the system's own folders belong to packages, under one of two names.
    for file in $(find /etc/systemd/system -type f -name '*.service' -exec sed -n 's/^Exec[A-Za-z]*=[-@+!:]*\(\/[A-Za-z0-9_.\/+-]*\).*/\1/p' {} + 2>/dev/null |
        grep -v '^/\(usr/\)\{0,1\}\(s\{0,1\}bin\|lib[0-9a-z]*\)/' | sort -u); do
        [ -f "$file" ] && echo "$file"
    done
}
owned() {
    if have dpkg-query; then
        xargs dpkg-query -S 2>/dev/null | sed 's/^[^/]*: //'
    elif have rpm; then
        while read -r file; do rpm -qf "$file" >/dev/null 2>&1 && echo "$file"; done
    fi
}
stray() { { candidates | grep -v "[ '\"\\\\]" | owned | sort -u; echo ---; candidates | sort -u; } |
    awk '$0=="---"{second=1; next} !second{seen[$0]=1; next} !($0 in seen)'; }
archive() {
    size=$(wc -c < "$1") || return
    facts=$(stat -c "%a$tab%U$tab%G" "$1") || return
    if [ "$size" -gt 65536 ]; then printf '%s\t%s\t%s\n' "$1" "$facts" large; return; fi
    printf '%s\t%s\t%s\n' "$1" "$facts" "$(base64 < "$1" | tr -d '\n')"
}
section files
{ stray; for file in /etc/rc.local /etc/rc.d/rc.local; do
    [ -f "$file" ] && [ ! -L "$file" ] && grep -qv -e '^[[:space:]]*#' -e '^[[:space:]]*$' -e '^exit 0' -e '^touch /var/lock' "$file" && echo "$file"
done; } 2>/dev/null | head -n 300 | while IFS= read -r file; do archive "$file"; done
section crontabs
for file in /var/spool/cron/crontabs/* /var/spool/cron/*; do
    [ -f "$file" ] && archive "$file"
done
section changed
if have dpkg-query; then
    dpkg-query -W -f='${Conffiles}\n' 2>/dev/null | awk 'NF==2 && length($2)==32 {print $2 "  " $1}' | md5sum -c 2>/dev/null | sed -n 's/: FAILED$//p'
elif have rpm; then
    rpm -Vac --nodeps --noscripts 2>/dev/null | sed -n 's,^..5[^/]*\(/.*\)$,\1,p'
fi
section end
