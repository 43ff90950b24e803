import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopbackHost } from "./loopback.ts";

const hostnameOf = (host: string): string => new URL(`http://${host}`).hostname;

test("names and addresses that can only mean this machine are loopback", () => {
  for (const host of ["localhost", "LOCALHOST:3002", "bellhop.localhost", "127.0.0.1", "127.8.9.10:80", "[::1]:3002"]) {
    assert.equal(isLoopbackHost(hostnameOf(host)), true, host);
  }
});

test("an address as a setting gives it, without brackets, is the same one", () => {
  assert.equal(isLoopbackHost("::1"), true);
  assert.equal(isLoopbackHost("::11"), false);
  assert.equal(isLoopbackHost("::"), false);
});

test("a name that only looks like loopback is not", () => {
  const others = [
    "example.com",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "xlocalhost",
    "128.0.0.1",
    "10.0.0.1",
    "[::2]",
    "0.0.0.0",
  ];
  for (const host of others) assert.equal(isLoopbackHost(hostnameOf(host)), false, host);
});
