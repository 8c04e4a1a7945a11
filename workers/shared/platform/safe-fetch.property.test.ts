import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reachOf } from "#domain/network/reach";
import { guardUrl, safeFetch } from "./safe-fetch.ts";

type Block = [first: number, bits: number];
const block = (text: string): Block => {
  const [address = "", bits] = text.split("/");
  return [address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0), Number(bits)];
};
/** The registry of RFC 6890 as it is printed: what no public host has. */
const SPECIAL = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"],
].map(block);

const octets = (address: number) => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
const special = fc
  .tuple(fc.constantFrom(...SPECIAL), fc.nat(0xffffffff))
  .map(([[first, bits], rest]) => first + (rest % 2 ** (32 - bits)));
const isSpecial = (address: number) =>
  SPECIAL.some(([first, bits]) => address >= first && address < first + 2 ** (32 - bits));

/** Every way the URL standard lets somebody write an IPv4 address. */
const spellings: ((address: number) => string)[] = [
  (address) => octets(address).join("."),
  (address) => `${octets(address).join(".")}.`,
  (address) => String(address),
  (address) => `0x${address.toString(16)}`,
  (address) => `0${address.toString(8)}`,
  (address) =>
    octets(address)
      .map((one) => `0x${one.toString(16)}`)
      .join("."),
  (address) =>
    octets(address)
      .map((one) => `0${one.toString(8)}`)
      .join("."),
  (address) => `${octets(address)[0]}.${address % 2 ** 24}`,
  (address) => `${octets(address).slice(0, 2).join(".")}.${address % 2 ** 16}`,
  (address) => octets(address).join("%2e"),
  (address) => octets(address).join("。"),
];
const half = (address: number, shift: number) => (Math.floor(address / 2 ** shift) % 65_536).toString(16);
/** Every way an IPv6 address carries one. */
const carriers: ((address: number) => string)[] = [
  (address) => `[::ffff:${octets(address).join(".")}]`,
  (address) => `[::ffff:${half(address, 16)}:${half(address, 0)}]`,
  (address) => `[0:0:0:0:0:FFFF:${half(address, 16)}:${half(address, 0)}]`,
  (address) => `[::${octets(address).join(".")}]`,
  (address) => `[64:ff9b::${octets(address).join(".")}]`,
  (address) => `[2002:${half(address, 16)}:${half(address, 0)}::1]`,
];

describe("addresses that people give", () => {
  test("no spelling of an address of a special network passes", () => {
    fc.assert(
      fc.property(special, fc.constantFrom(...spellings, ...carriers), (address, spell) => {
        const url = `https://${spell(address)}/v1`;
        expect({ url, ok: guardUrl(url, false).ok }).toEqual({ url, ok: false });
      }),
      { numRuns: 3_000 },
    );
  });

  test("every other IPv4 address passes, and in IPv6 clothes none does", () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.constantFrom(...spellings),
        fc.constantFrom(...carriers),
        (address, spell, wrap) => {
          fc.pre(!isSpecial(address));
          expect({ address, ok: guardUrl(`https://${spell(address)}/`, false).ok }).toEqual({ address, ok: true });
          expect(guardUrl(`https://${wrap(address)}/`, false).ok).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("of IPv6 only global unicast passes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const [first = 0] = groups;
        const url = `https://[${groups.map((one) => one.toString(16)).join(":")}]/`;
        if (first < 0x2000 || first > 0x3fff) expect({ url, ok: guardUrl(url, false).ok }).toEqual({ url, ok: false });
      }),
      { numRuns: 2_000 },
    );
    for (const host of ["2001::1", "2001:db8::1", "2002:0808:0808::1", "3fff::1", "fec0::1", "100::1", "64:ff9b:1::1"])
      expect({ host, ok: guardUrl(`https://[${host}]/`, false).ok }).toEqual({ host, ok: false });
    for (const host of ["2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888"])
      expect(guardUrl(`https://[${host}]/`, false).ok).toBe(true);
  });

  test("where a cloud tells its secrets nobody calls, in development neither", () => {
    const hosts = [
      ...["169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]"],
      ...["[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "[fe80::1]", "168.63.129.16", "100.100.100.200", "192.0.0.192"],
      ...["metadata.google.internal", "METADATA.google.internal.", "metadata"],
    ];
    for (const host of hosts) expect({ host, ok: guardUrl(`http://${host}/`, true).ok }).toEqual({ host, ok: false });
  });

  test("a chain of redirects never leads to anything but public https, and no credential leaves its origin", async () => {
    const target = fc.oneof(
      special.map((address) => `https://${octets(address).join(".")}/x`),
      fc.constantFrom(
        "http://a.example.com/",
        "https://localhost/",
        "ftp://b.example.com/",
        "//169.254.169.254/",
        "/again",
      ),
      fc.constantFrom("https://b.example.com/", "https://c.example.com:444/", "https://a.example.com/next"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(target, { maxLength: 6 }), async (hops) => {
        const called: { url: URL; key: string | null }[] = [];
        const fetch = (async (address: string, init: RequestInit) => {
          called.push({ url: new URL(address), key: new Headers(init.headers).get("x-secret") });
          const location = hops[called.length - 1];
          return location ? new Response(null, { status: 302, headers: { location } }) : new Response("end");
        }) as unknown as typeof globalThis.fetch;
        await safeFetch("https://a.example.com/", { headers: { "x-secret": "s" } }, { development: false, fetch });
        expect(called.length).toBeLessThanOrEqual(4);
        for (const { url, key } of called) {
          expect([url.protocol, reachOf(url.hostname)]).toEqual(["https:", "public"]);
          if (url.origin !== "https://a.example.com") expect(key).toBeNull();
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
