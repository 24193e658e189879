"""`python -m config.healthy`: whether the web process of this container answers, asked as its proxy asks."""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

PATH = "/health/live"


def main(port: int = 8000) -> int:
    """The exit status: 0 where it answers with 200."""
    host = "127.0.0.1"
    public = urlsplit(os.environ.get("NUTGRAF_URL", ""))
    headers = {"Host": public.netloc or host, "X-Forwarded-Proto": public.scheme or "http"}
    line = http.client.HTTPConnection(host, port, timeout=4)
    try:
        line.request("GET", PATH, headers=headers)
        return 0 if line.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main())
