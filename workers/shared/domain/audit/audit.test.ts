import { describe, expect, test } from "vitest";
import { networkOf } from "./network.ts";
import { withoutSecrets } from "./without-secrets.ts";

describe("networkOf", () => {
  test.each([
    ["203.0.113.77", "203.0.113.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["2001:db8:12:3456::1", "2001:db8:12::/48"],
    ["2001:0DB8:0012:0:0:0:0:1", "2001:db8:12::/48"],
    ["2001:db8::1", "2001:db8::/48"],
    ["::1", "::/48"],
    ["fe80:0:1:2:3:4:5:6", "fe80:0:1::/48"],
  ])("AU11 of %s is %s", (address, network) => expect(networkOf(address)).toBe(network));

  test.each([
    null,
    "",
    "localhost",
    "1.2.3",
    "1:2:3",
    "::1::2",
    "1:2:3:4:5:6:7:8:9",
    "g::1",
    "12345::1",
    "1:2:3:4:5:6:7:8::",
  ])("of %s is unknown", (address) => expect(networkOf(address)).toBeNull());
});

describe("withoutSecrets", () => {
  test("AU11 leaves of a secret only whether it is set, at any depth", () => {
    const body = {
      name: "p",
      apiKey: "sk-1",
      oidc: [{ clientSecret: "s", clientId: "c" }],
      password: "p",
      current: "q",
      token: "t",
      code: "c",
      key: "",
      value: null,
    };
    expect(withoutSecrets(body)).toEqual({
      name: "p",
      apiKey: "[secret]",
      oidc: [{ clientSecret: "[secret]", clientId: "c" }],
      password: "[secret]",
      current: "[secret]",
      token: "[secret]",
      code: "[secret]",
      key: "",
      value: null,
    });
  });

  test("leaves everything else as it is", () => {
    const body = { contextTokens: 8000, list: [1, "a", null, { b: true }], text: "password" };
    expect(withoutSecrets(body)).toEqual(body);
  });
});
