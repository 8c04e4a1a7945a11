import { ipv6Groups } from "#domain/network/ipv6";

const IPV4 = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i;

/** The network of an address: an IPv4 /24 or an IPv6 /48. Null for what is neither. Pure (spec identity.md §6). */
export function networkOf(address: string | null): string | null {
  if (address === null) return null;
  const four = IPV4.exec(address)?.[1];
  if (four !== undefined) return `${four}.0/24`;
  const groups = ipv6Groups(address);
  if (groups === null) return null;
  const kept = groups.slice(0, 3).map((one) => one.toString(16));
  while (kept.at(-1) === "0") kept.pop();
  return `${kept.join(":")}::/48`;
}
