# One package that no repository has keeps all of them from being installed: what is lacking then is asked for one by one.
export DEBIAN_FRONTEND=noninteractive
install() {
  if command -v apt-get >/dev/null; then apt-get install -y -q "$@" </dev/null
  elif command -v dnf >/dev/null; then dnf install -y -q "$@" </dev/null
  else yum install -y -q "$@" </dev/null; fi
}
is_there() {
  if command -v dpkg-query >/dev/null; then dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
  else rpm -q "$1" >/dev/null; fi
}
install $(cat /var/lib/cfn2heat/packages)
while read -r name; do
  is_there "$name" || install "$name" || echo "$name" >>/var/log/cfn2heat-packages-missing
done </var/lib/cfn2heat/packages
