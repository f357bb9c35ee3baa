"""What an installer says when it fails, and how a person mends it. Read by `dev.py`, so in the syntax of Python 3.6."""

import re
from typing import Optional

AGAIN = "then the same command again"
NO_NETWORK = (
    r"name resolution|nodename nor servname|NewConnectionError|Network is unreachable|No route to host|dns error"
    r"|error sending request|client error \(Connect\)|Connection refused|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET"
    r"|ETIMEDOUT|ENETUNREACH|(Connect|Read)Timeout|Tunnel connection failed|connect to proxy|from versions: none"
)
MENDS = (
    (r"No space left", "the disk is full: free about 1 GB, " + AGAIN),
    (
        r"CERTIFICATE_VERIFY_FAILED|UnknownIssuer|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)",
        "the network's certificate is not trusted here: set SSL_CERT_FILE to its authority's file, " + AGAIN,
    ),
    (
        NO_NETWORK,
        "the network does not answer: connect (or set HTTPS_PROXY, PIP_INDEX_URL or npm_config_registry as it wants), "
        "%s; it goes on where it stopped" % AGAIN,
    ),
)


def known(output: str) -> Optional[str]:
    """How to mend what these words complain of; None when they are of no kind that is known."""
    return next((mend for sign, mend in MENDS if re.search(sign, output, re.I)), None)
