import { describe, expect, test } from "vitest";
import { commitOf, defaultBranchOf, parseAdvertisement } from "./advertisement.ts";

const SHA = "1".repeat(40);
const packet = (line: string) => {
  const bytes = new TextEncoder().encode(`${line}\n`);
  return (bytes.length + 4).toString(16).padStart(4, "0").concat(line, "\n");
};
const body = (...refs: string[]) => `${packet("# service=git-upload-pack")}0000${refs.map(packet).join("")}0000`;
const parse = (text: string) => parseAdvertisement(new TextEncoder().encode(text));
const CAPABILITIES = "\0multi_ack side-band-64k symref=HEAD:refs/heads/trunk object-format=sha1 agent=git/2";

describe("ref advertisement", () => {
  test("names the branches, and the one HEAD is", () => {
    const found = parse(
      body(`${SHA} HEAD${CAPABILITIES}`, `${SHA} refs/heads/żółw`, `${SHA} refs/heads/trunk`, `${SHA} refs/tags/v1`),
    );
    expect(found).toEqual({ branches: ["żółw", "trunk"], head: "trunk", complete: true });
    expect(found && defaultBranchOf(found)).toBe("trunk");
  });

  test("AT61 says the commit of a branch, and of no other that ends like it", () => {
    const [one, two] = ["a".repeat(40), "b".repeat(40)];
    const bytes = new TextEncoder().encode(
      body(`${SHA} HEAD${CAPABILITIES}`, `${one} refs/heads/x/trunk`, `${two} refs/heads/trunk`),
    );
    expect([commitOf(bytes, "trunk"), commitOf(bytes, "x/trunk"), commitOf(bytes, "gone")]).toEqual([two, one, null]);
  });

  test("without a HEAD that is a branch the usual names come first", () => {
    const refs = ["a", "master", "main"].map((name) => `${SHA} refs/heads/${name}`);
    const of = (...lines: string[]) =>
      defaultBranchOf(parse(body(...lines)) ?? { branches: [], head: null, complete: true });
    expect(of(...refs)).toBe("main");
    expect(of(...refs.slice(0, 2))).toBe("master");
    expect(of(...refs.slice(0, 1))).toBe("a");
    expect(of(`${SHA} HEAD\0symref=HEAD:refs/heads/--upload-pack=x`, `${SHA} refs/heads/a`)).toBe("a");
  });

  test("an empty repository has no branch and will have main", () => {
    const found = parse(body(`${"0".repeat(40)} capabilities^{}\0agent=git/2`));
    expect(found).toEqual({ branches: [], head: null, complete: true });
    expect(found && defaultBranchOf(found)).toBe("main");
    expect(parse(body())).toEqual({ branches: [], head: null, complete: true });
  });

  test("the beginning of a long one is enough for HEAD, and says that it is not all", () => {
    const text = body(`${SHA} HEAD${CAPABILITIES}`, `${SHA} refs/heads/trunk`, `${SHA} refs/heads/zeta`);
    expect(parse(text.slice(0, -20))).toEqual({ branches: ["trunk"], head: "trunk", complete: false });
  });

  test.each([
    "",
    body().slice(0, -4),
    "<!doctype html>",
    "0000",
    "zzzz",
    "001e# service=git-receive-pack\n0000",
    "0004",
    "0001",
    "ffff# x",
  ])("%j is none", (text) => expect(parse(text)).toBeNull());
});
