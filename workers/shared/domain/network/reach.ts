import { ipv6Groups } from "./ipv6.ts";

/** How far an address may be called: everywhere, in development only, or nowhere since a machine tells its secrets there. */
export type Reach = "public" | "private" | "metadata";

const METADATA_NAMES = new Set(["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"]);
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|onion|test|invalid)$/;

/**
 * The reach of a host of a parsed URL. Its parser has turned every spelling of an IPv4 address into four decimals and IPv6 into
 * hexadecimal groups. A name is judged by what it says. Pure.
 */
export function reachOf(hostname: string): Reach {
  const host = hostname.toLowerCase().replace(/\.+$/, "");
  if (host.startsWith("[")) return reachOfIpv6(ipv6Groups(host.slice(1, -1)));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host))
    return reachOfIpv4(host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0));
  if (METADATA_NAMES.has(host)) return "metadata";
  return !host.includes(".") || PRIVATE_NAME.test(host) ? "private" : "public";
}

/** A block: its first address as one number, and how many of its bits count. */
type Block = readonly [first: number, bits: number];

/** Where clouds tell a machine about itself: link-local, Azure's, Alibaba's and Oracle's. */
const METADATA_IPV4: readonly Block[] = [
  [0xa9fe0000, 16],
  [0xa83f8110, 32],
  [0x646464c8, 32],
  [0xc00000c0, 32],
];

/** What the registry of special-purpose addresses (RFC 6890) says is not globally reachable. */
const PRIVATE_IPV4: readonly Block[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0000200, 24],
  [0xc0586300, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xc6336400, 24],
  [0xcb007100, 24],
  [0xe0000000, 3],
];

function reachOfIpv4(address: number): Reach {
  if (isIn(METADATA_IPV4, address)) return "metadata";
  return isIn(PRIVATE_IPV4, address) ? "private" : "public";
}

function isIn(blocks: readonly Block[], value: number): boolean {
  return blocks.some(([first, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor(first / size);
  });
}

/** Blocks of IPv6 by the first 32 bits. Link-local is where a cloud may tell a machine about itself, as is one of Amazon's. */
const METADATA_IPV6: readonly Block[] = [
  [0xfe800000, 10],
  [0xfd000ec2, 32],
];
const GLOBAL_UNICAST: readonly Block[] = [[0x20000000, 3]];
/** Parts of it for protocols and for documents. */
const SPECIAL_UNICAST: readonly Block[] = [
  [0x20010000, 23],
  [0x20010db8, 32],
  [0x3fff0000, 20],
];

/** Nothing that carries an IPv4 address is public: nobody needs to write one so. */
function reachOfIpv6(groups: number[] | null): Reach {
  const [high, low] = groups ?? [];
  if (groups === null || high === undefined || low === undefined) return "private";
  const inner = innerIpv4(groups);
  if (inner !== null) return reachOfIpv4(inner) === "metadata" ? "metadata" : "private";
  const top = high * 65_536 + low;
  if (isIn(METADATA_IPV6, top)) return "metadata";
  return isIn(GLOBAL_UNICAST, top) && !isIn(SPECIAL_UNICAST, top) ? "public" : "private";
}

/** The IPv4 address inside one that is mapped, compatible, translated (NAT64) or 6to4; null where there is none. */
function innerIpv4(groups: number[]): number | null {
  const at = (index: number) => (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0);
  if (groups[0] === 0x2002) return at(1);
  const prefix = groups.slice(0, 6).join(":");
  const known = ["0:0:0:0:0:0", "0:0:0:0:0:65535", "0:0:0:0:65535:0", `${0x64}:${0xff9b}:0:0:0:0`];
  return known.includes(prefix) ? at(6) : null;
}
