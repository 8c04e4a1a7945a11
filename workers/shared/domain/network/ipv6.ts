/** The eight groups of an IPv6 address in hexadecimal (RFC 4291 §2.2) as numbers; null for any other text. Pure. */
export function ipv6Groups(address: string): number[] | null {
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
  return groups.every((one) => /^[0-9a-f]{1,4}$/i.test(one)) ? groups.map((one) => Number.parseInt(one, 16)) : null;
}
