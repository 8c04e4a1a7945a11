import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as stand from "./ai-gateway.ts";

it("has all that the package ai imports and calls of what it stands in for", () => {
  const ai = readFileSync(new URL("../../node_modules/ai/dist/index.js", import.meta.url), "utf8");
  const imported = /import \{([^}]*)\} from "@ai-sdk\/gateway"/.exec(ai)?.[1] ?? "";
  const names = imported.split(",").map((one) => one.trim().split(" ")[0] ?? "");
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(stand).toHaveProperty(name);
  for (const [, name = "", member = ""] of ai.matchAll(/\b(Gateway\w*Error)\.(\w+)\(/g)) {
    expect(stand).toHaveProperty([name, member]);
  }
  expect(stand.GatewayAuthenticationError.isInstance(new Error("any"))).toBe(false);
});
