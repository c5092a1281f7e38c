# One package that no repository has keeps all of them from being installed: what is lacking now is asked for one by one.
while read -r name; do
  if command -v dpkg-query >/dev/null; then
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' && continue
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$name" </dev/null && continue
  else
    rpm -q "$name" >/dev/null && continue
    { command -v dnf >/dev/null && dnf install -y -q "$name" </dev/null || yum install -y -q "$name" </dev/null; } && continue
  fi
  echo "$name" >>/var/log/cfn2heat-packages-missing
done </var/lib/cfn2heat/packages
