import { expect, it } from "vitest";
import { egressHosts } from "#domain/sandbox/egress";
import type { Config } from "./config.ts";
import { sandboxGateway } from "./sandbox-gateway.ts";

const configOf = (change: object) =>
  ({ base: "quay.example", environment: "production", ...change }) as unknown as Config;
const local = { driver: "local", url: "http://127.0.0.1:1", secret: "s" };

it("a container finds the gateways at names that only the Worker answers, everywhere", () => {
  const sandbox = { driver: "cloudflare" };
  const found = { origin: "http://git.quayside.internal", host: null };
  expect(sandboxGateway(configOf({ sandbox }), "git")).toEqual(found);
  expect(sandboxGateway(configOf({ sandbox, environment: "development", base: "localhost:1" }), "git")).toEqual(found);
});

it("a local sandbox of a development machine asks the loopback for them by name", () => {
  const config = configOf({ sandbox: local, environment: "development", base: "localhost:8787" });
  expect(sandboxGateway(config, "llm")).toEqual({ origin: "http://127.0.0.1:8787", host: "llm.localhost:8787" });
  expect(sandboxGateway(configOf({ sandbox: local }), "llm")).toEqual({
    origin: "https://llm.quay.example",
    host: null,
  });
});

it("the gateways are always among the hosts a container may reach, and each host is there once", () => {
  const gateways = ["llm.quayside.internal", "git.quayside.internal"];
  expect(egressHosts([])).toEqual(gateways);
  expect(egressHosts(["registry.npmjs.org", "git.quayside.internal", "registry.npmjs.org"])).toEqual([
    ...gateways,
    "registry.npmjs.org",
  ]);
});
