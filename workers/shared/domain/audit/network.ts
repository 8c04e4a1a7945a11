const IPV4 = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i;

/** The network of an address: an IPv4 /24 or an IPv6 /48. Null for what is neither. Pure (spec identity.md §6). */
export function networkOf(address: string | null): string | null {
  if (address === null) return null;
  const four = IPV4.exec(address)?.[1];
  if (four !== undefined) return `${four}.0/24`;
  const groups = groupsOf(address);
  if (groups === null) return null;
  const kept = groups.slice(0, 3).map((one) => Number.parseInt(one, 16).toString(16));
  while (kept.at(-1) === "0") kept.pop();
  return `${kept.join(":")}::/48`;
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2); null where there are not eight. */
function groupsOf(address: string): string[] | null {
  if (!/^[0-9a-f:]+$/i.test(address)) return null;
  const [head = "", tail, more] = address.split("::");
  if (more !== undefined) return null;
  const [before, after] = [head, tail ?? ""].map((part) => (part === "" ? [] : part.split(":"))) as [
    string[],
    string[],
  ];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array<string>(missing).fill("0"), ...after];
  return groups.every((one) => /^[0-9a-f]{1,4}$/i.test(one)) ? groups : null;
}
