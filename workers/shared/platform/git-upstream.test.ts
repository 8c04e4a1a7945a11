import { describe, expect, test } from "vitest";
import { upstreamOf } from "./git-upstream.ts";

const local = { driver: "local" as const, url: "http://127.0.0.1:4000", secret: "s".repeat(32) };
const development = { environment: "development" as const, base: "localhost:8787", sandbox: local };
const production = {
  environment: "production" as const,
  base: "quayside.example",
  sandbox: { driver: "cloudflare" as const },
};
const urlOf = (cloneUrl: string, config: Parameters<typeof upstreamOf>[1]) => {
  const result = upstreamOf(cloneUrl, config);
  return result.ok ? result.value.url : result.problem.code;
};

describe("upstream of a clone URL", () => {
  test("https is used as it is, without a slash at its end and without a query", () => {
    expect(upstreamOf("https://git.example.com/a/b.git/?x=y", production)).toEqual({
      ok: true,
      value: { url: "https://git.example.com/a/b.git", headers: {} },
    });
  });

  test("the demo and local repositories go through the sandbox host, with its secret, in development only", () => {
    const headers = { "x-quayside-host-secret": local.secret };
    expect(upstreamOf("quayside-demo:pocket-links", development)).toEqual({
      ok: true,
      value: { url: "http://127.0.0.1:4000/git/pocket-links.git", headers },
    });
    expect(urlOf("file:///home/ann/my%20repo", development)).toBe(
      `http://127.0.0.1:4000/git-path/${Buffer.from("/home/ann/my repo").toString("base64url")}`,
    );
    expect(urlOf("quayside-demo:../../x", development)).toBe("invalid");
    expect(urlOf("quayside-demo:pocket-links", production)).toBe("invalid");
    expect(urlOf("file:///etc", production)).toBe("invalid");
    expect(urlOf("file://server/share", development)).toBe("invalid");
  });

  test.each([
    "http://git.example.com/a",
    "ssh://git@git.example.com/a",
    "https://u:p@git.example.com/a",
    "git@x:y",
    "/a",
  ])("%s is refused in production", (cloneUrl) => expect(urlOf(cloneUrl, production)).toBe("invalid"));

  test("http and private hosts are for development, and our own hosts for nobody", () => {
    expect(urlOf("http://192.168.1.5/a.git", development)).toBe("http://192.168.1.5/a.git");
    expect(urlOf("https://192.168.1.5/a.git", production)).toBe("invalid");
    expect(urlOf("http://git.localhost:8787/x.git", development)).toBe("invalid");
    expect(urlOf("https://demo.quayside.example/x.git", production)).toBe("invalid");
  });

  test.each([
    ...["127.0.0.1", "2130706433", "0x7f.1", "10.1.2.3", "172.16.0.1", "172.31.9.9", "192.168.0.1", "169.254.169.254"],
    ...[
      "100.64.0.1",
      "0.0.0.0",
      "224.0.0.1",
      "[::1]",
      "[::]",
      "[fd00::1]",
      "[fe80::1]",
      "[::ffff:127.0.0.1]",
      "[2002:7f00:1::]",
    ],
    ...["localhost", "a.localhost", "metadata.google.internal", "printer.local", "intranet", "localhost."],
  ])("%s is private", (host) => {
    expect(urlOf(`https://${host}/a.git`, production)).toBe("invalid");
  });

  test.each(["github.com", "8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "git.example.co.uk"])(
    "%s is public",
    (host) => expect(urlOf(`https://${host}/a.git`, production)).toBe(`https://${host}/a.git`),
  );
});
