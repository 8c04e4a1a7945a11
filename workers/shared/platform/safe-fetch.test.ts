import { describe, expect, it } from "vitest";
import { guardUrl, safeFetch } from "./safe-fetch.ts";

const refused = (address: string, development = false) => !guardUrl(address, development).ok;

describe("guardUrl", () => {
  it.each([
    "http://api.example.com/v1",
    "https://localhost/v1",
    "https://foo.localhost/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://10.1.2.3/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intern/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://user:secret@api.example.com/",
    "ftp://api.example.com/",
    "not a url",
  ])("refuses %s in production", (address) => {
    expect(refused(address)).toBe(true);
  });

  it.each(["https://api.openai.com/v1", "https://172.32.0.1/", "https://[2606:4700::1]/", "https://example.com:8443/"])(
    "lets %s pass",
    (address) => expect(refused(address)).toBe(false),
  );

  it("lets development call http, loopback and private addresses, but no metadata service", () => {
    expect(refused("http://localhost:11434/v1", true)).toBe(false);
    expect(refused("http://192.168.1.20:11434/v1", true)).toBe(false);
    expect(refused("http://169.254.169.254/", true)).toBe(true);
    expect(refused("http://[fe80::1]/", true)).toBe(true);
  });
});

describe("safeFetch", () => {
  const options = (answer: (url: string, init: RequestInit) => Response | Promise<Response>) => ({
    development: false,
    fetch: (async (url, init) => answer(String(url), init ?? {})) as typeof fetch,
  });

  it("checks the target of every redirect", async () => {
    const inward = options(
      () => new Response(null, { status: 302, headers: { location: "https://169.254.169.254/" } }),
    );
    expect(await safeFetch("https://a.example.com/", {}, inward)).toMatchObject({
      ok: false,
      problem: { code: "invalid" },
    });
  });

  it.each(["authorization", "x-api-key", "x-goog-api-key"])(
    "takes %s off on the way to another origin",
    async (name) => {
      const seen: (string | null)[] = [];
      const answer = options((url, init) => {
        seen.push(new Headers(init.headers).get(name));
        if (url.includes("a.example"))
          return new Response(null, { status: 307, headers: { location: "https://b.example.com/" } });
        return new Response("done");
      });
      const result = await safeFetch("https://a.example.com/", { headers: { [name]: "Bearer x" } }, answer);
      expect(result.ok && (await result.value.text())).toBe("done");
      expect(seen).toEqual(["Bearer x", null]);
    },
  );

  it("does not follow a redirect of a POST, nor an endless one", async () => {
    const loop = options((url) => new Response(null, { status: 302, headers: { location: url } }));
    for (const method of ["POST", "GET"])
      expect(await safeFetch("https://a.example.com/", { method }, loop)).toMatchObject({
        ok: false,
        problem: { code: "upstream_failed" },
      });
  });

  it("says in plain words that nothing answers", async () => {
    const dead = options(() => Promise.reject(new TypeError("fetch failed")));
    expect(await safeFetch("https://a.example.com/", {}, dead)).toMatchObject({
      ok: false,
      problem: { detail: expect.stringContaining("a.example.com cannot be reached") },
    });
    const slow = options(
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    );
    expect(await safeFetch("https://a.example.com/", {}, { ...slow, timeoutMs: 10 })).toMatchObject({
      ok: false,
      problem: { detail: expect.stringContaining("did not answer in time") },
    });
  });

  it("cuts a body off at its size limit", async () => {
    const big = { ...options(() => new Response("x".repeat(100))), maxBytes: 10 };
    const result = await safeFetch("https://a.example.com/", {}, big);
    await expect(result.ok && result.value.text()).rejects.toThrow("larger than 10 bytes");
  });
});
