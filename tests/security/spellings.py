"""Addresses that lead inward, in every spelling that some part of a stack understands."""

from __future__ import annotations

# Loopback, as far as a listener there would hear of it.
LOOPBACK = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.8.9.10",
    "2130706433",  # decimal
    "017700000001",  # octal, whole
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f000001",  # hexadecimal
    "0x7F.0.0.0x1",
    "0x7f.1",
    "00000177.0.0.1",
    "127.000.000.001",
    "0",
    "0.0.0.0",  # noqa: S104 - what some systems take for themselves
    "0x0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1.",
    "１２７.０.０.１",  # full-width digits
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",  # ideographic stops
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::ffff:127.0.0.1]",  # IPv4-mapped
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::127.0.0.1]",  # IPv4-compatible
    "[::ffff:0:127.0.0.1]",  # IPv4-translated
)
# Private, link-local, shared, reserved; and what carries one of them inside.
PRIVATE = (
    "10.0.0.1",
    "10.1",
    "167772161",
    "0xa.0.0.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "0300.0250.1.1",
    "3232235777",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[fe80::1]",
    "[fe80::1%25lo]",  # with a zone
    "[fe80::1%lo]",
    "[fe80::1%251]",
    "[fec0::1]",
    "[ff02::1]",
    "[64:ff9b::7f00:1]",  # NAT64
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",  # 6to4
    "[2002:a00:1::1]",
    "[2001:0:7f00:1::]",  # Teredo
    "[2001:db8::1]",
    "[100::1]",
    "[5f00::1]",
)
METADATA = (
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[fd00:ec2::254]",
    "[64:ff9b::a9fe:a9fe]",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "metadata.google.internal",
)
# Around a host that is ours or nobody's: what one reader of addresses takes for the host and another does not.
AROUND = (
    "http://example.com@127.0.0.1:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.com/",
    "http://127.0.0.1:{port}?@example.com/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://example.com\\@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/\r\nHost: example.com",
    "http://127.0.0.1:{port}\t/",
    "http://127.0.0.1\u3002:{port}/",
    "http://127.0.0.1%2f:{port}/",
    "http://127.0.0.1%00.example.com:{port}/",
    "feed://127.0.0.1:{port}/",
    "feed:http://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/",
    "ldap://127.0.0.1:{port}/",
    "jar:http://127.0.0.1:{port}/!/",
    "data:text/xml,<rss/>",
    "javascript:fetch('http://127.0.0.1:{port}/')",
    "unix:/run/postgresql/.s.PGSQL.5432",
)


def inward(port: int) -> list[str]:
    """Every address of the matrix, those of this machine at that port."""
    hosts = [*LOOPBACK, *PRIVATE, *METADATA]
    return [f"http://{host}:{port}/" for host in hosts] + [one.format(port=port) for one in AROUND]
