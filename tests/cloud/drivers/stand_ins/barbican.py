"""Barbican: its own API; its WSGI module would read the pipeline from /etc/barbican."""

import os

from paste import deploy

application = deploy.loadapp(f"config:{os.environ['OS_BARBICAN_CONFIG_DIR']}/barbican-api-paste.ini")
