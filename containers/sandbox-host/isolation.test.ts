import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { trustOf } from "./isolation.ts";

it("programs trust the container's authority where there is one, and are left alone elsewhere", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "quayside-ca-"));
  const file = path.join(directory, "ca.crt");
  expect(trustOf(file)).toEqual({});
  writeFileSync(file, "");
  expect(trustOf(file)).toMatchObject({ NODE_EXTRA_CA_CERTS: file, GIT_SSL_CAINFO: file, SSL_CERT_FILE: file });
  rmSync(directory, { recursive: true });
});
