export interface Truncated {
  text: string;
  totalBytes: number;
  /** 0 where the text is whole. */
  omittedBytes: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A text of at most about `maxBytes` of UTF-8: the first and the last half of them with a note between that says how much
 * is missing. Characters are never cut in two.
 */
export function truncate(text: string, maxBytes: number): Truncated {
  const bytes = encoder.encode(text);
  const totalBytes = bytes.byteLength;
  if (totalBytes <= maxBytes) return { text, totalBytes, omittedBytes: 0 };
  const half = Math.floor(maxBytes / 2);
  const headEnd = boundary(bytes, half);
  const tailStart = boundary(bytes, totalBytes - half);
  const omittedBytes = tailStart - headEnd;
  const head = decoder.decode(bytes.subarray(0, headEnd));
  const tail = decoder.decode(bytes.subarray(tailStart));
  return { text: `${head}\n\n… ${omittedBytes} bytes left out …\n\n${tail}`, totalBytes, omittedBytes };
}

/** The nearest place at or before `at` where a character begins (UTF-8 continuation bytes are 10xxxxxx). */
function boundary(bytes: Uint8Array, at: number): number {
  let place = at;
  while (place > 0 && ((bytes[place] ?? 0) & 0xc0) === 0x80) place--;
  return place;
}

/** A copy of a call's arguments for people: long texts are cut, so that an event stays small. */
export function shortArgs(args: Record<string, unknown>, maxChars = 4_000): Record<string, unknown> {
  const short = (value: unknown): unknown => {
    if (typeof value === "string")
      return value.length > maxChars ? `${value.slice(0, maxChars)}… (${value.length} characters)` : value;
    if (Array.isArray(value)) return value.slice(0, 100).map(short);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, short(child)]));
  };
  return short(args) as Record<string, unknown>;
}
