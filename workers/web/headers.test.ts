import { describe, expect, test } from "vitest";
import { secureDocument, secureFile } from "./headers.ts";

const facts = {
  nonce: "abc",
  request: new Request("https://demo.example.com/conversations"),
  imageOrigin: "https://img.example.com",
  formTargets: "",
};

describe("headers of the web app", () => {
  test("a page runs only its own scripts and is framed by nobody", () => {
    const page = new Response("<html>", { headers: { "content-type": "text/html; charset=utf-8" } });
    const { headers } = secureDocument(page, facts);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self' 'nonce-abc';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self' wss://demo.example.com;");
    expect(policy).not.toContain("unsafe-eval");
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
    expect(headers.get("cache-control")).toBe("private, no-cache");
  });

  test("a form leads to other hosts only where it is told to", () => {
    const page = () => new Response("<html>", { headers: { "content-type": "text/html" } });
    const policyFor = (formTargets: string) =>
      secureDocument(page(), { ...facts, formTargets }).headers.get("content-security-policy");
    expect(policyFor("")).toContain("form-action 'self';");
    expect(policyFor("https://*.example.com")).toContain("form-action 'self' https://*.example.com;");
  });

  test("a file may be a worker, whose parts its own policy must let in", () => {
    const policy = secureFile(new Response("x"), true).headers.get("content-security-policy");
    expect(policy).toBe("frame-ancestors 'none'");
  });

  test("only hashed files that exist are kept for ever", () => {
    const cacheOf = (status: number, hashed: boolean) =>
      secureFile(new Response("x", { status }), hashed).headers.get("cache-control");
    expect(cacheOf(200, true)).toBe("public, max-age=31536000, immutable");
    expect(cacheOf(404, true)).toContain("must-revalidate");
    expect(cacheOf(200, false)).toContain("must-revalidate");
  });
});
