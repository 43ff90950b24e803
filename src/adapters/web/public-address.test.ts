import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicAddress, isPublicName } from "./public-address.ts";

test("plain addresses of the public internet are public", () => {
  for (const address of ["1.1.1.1", "104.18.32.47", "160.79.104.10", "2606:4700:4700::1111", "2a00:1450:4001::200e"])
    assert.ok(isPublicAddress(address), address);
});

test("ssrf: no spelling of an inner, reserved or translated address is public", () => {
  const inner = [
    ["this network", "0.0.0.0", "0.255.255.255"],
    ["private", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1"],
    ["carrier-grade NAT", "100.64.0.1", "100.127.255.254"],
    ["loopback", "127.0.0.1", "127.1.2.3", "::1", "0:0:0:0:0:0:0:1"],
    ["link-local and cloud metadata", "169.254.169.254", "fe80::1", "fe80::a9fe:a9fe", "fd00:ec2::254"],
    ["documentation", "192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    ["benchmarks", "198.18.0.1", "198.19.255.255", "2001:2::1"],
    ["IETF protocols, Teredo, ORCHID, AS112", "192.0.0.8", "2001::1", "2001:10::1", "2001:20::1", "2620:4f:8000::1"],
    ["multicast, reserved, broadcast", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "ff02::1"],
    ["unspecified", "::", "0:0:0:0:0:0:0:0"],
    ["mapped IPv4", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:1.1.1.1", "::FFFF:169.254.169.254"],
    ["IPv4-compatible", "::127.0.0.1", "::7f00:1"],
    ["NAT64", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1"],
    ["6to4, and its relays", "2002:7f00:1::", "2002:a00:1::1", "192.88.99.1"],
    ["unique local", "fc00::1", "fd12:3456:789a::1"],
    ["site-local, discard, segment routing", "fec0::1", "100::1", "5f00::1"],
    ["zone ids", "fe80::1%eth0", "2606:4700::1%1", "::1%lo"],
    ["other spellings of 127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "127.0.0.01"],
    ["no address at all", "", "localhost", "1.1.1.1:443", "[::1]", "1.1.1.1/32", " 1.1.1.1"],
  ];
  for (const [kind, ...addresses] of inner)
    for (const address of addresses) assert.equal(isPublicAddress(address), false, `${kind}: ${address}`);
});

test("a name of the public internet has a dot inside and is nobody's own", () => {
  for (const name of ["chatgpt.com", "claude.ai", "a-b.example.co.uk", "xn--bcher-kva.example"])
    assert.ok(isPublicName(name), name);
  for (const name of [
    "localhost",
    "app.localhost",
    "localhost.localdomain",
    "router.local",
    "metadata.google.internal",
    "db.lan",
    "nas.home.arpa",
    "x.onion",
    "intranet",
    "kubernetes",
    "x.test",
    "example.com.",
    "",
    ".com",
    "a..b",
    "1.1.1.1",
    "EXAMPLE.com",
  ])
    assert.equal(isPublicName(name), false, name);
});
