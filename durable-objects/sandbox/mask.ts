const REPLACEMENT = "[sandbox token]";

/** A text that arrives in pieces, without the secrets in it. */
export interface Mask {
  /** What may be shown now; an end that could be the beginning of a secret is held back. */
  take(piece: string): string;
  /** Gives what was held back: nothing follows. */
  end(): string;
}

/** Replaces every occurrence of the secrets, the leftmost first and of those the longest. However the text is cut, the result is the same. */
export function createMask(secrets: readonly string[]): Mask {
  const known = [...new Set(secrets)].filter((one) => one !== "").sort((a, b) => b.length - a.length);
  const pattern = known.length === 0 ? /(?!)/g : new RegExp(known.map(literal).join("|"), "g");
  const longest = known[0]?.length ?? 0;
  let held = "";
  const advance = (text: string, isEnd: boolean): string => {
    let shown = "";
    let at = 0;
    for (;;) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      const open = isEnd ? text.length : openFrom(known, text, Math.max(at, text.length - longest + 1));
      if (found === null || open <= found.index) {
        held = text.slice(open);
        return shown + text.slice(at, open);
      }
      shown += text.slice(at, found.index) + REPLACEMENT;
      at = pattern.lastIndex;
    }
  };
  return { take: (piece) => advance(held + piece, false), end: () => advance(held, true) };
}

/** A whole text without the secrets. */
export function maskText(secrets: readonly string[], text: string): string {
  const mask = createMask(secrets);
  return mask.take(text) + mask.end();
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Where the text's end could be the beginning of a longer secret; its length where it could not. */
function openFrom(secrets: string[], text: string, from: number): number {
  for (let at = Math.max(0, from); at < text.length; at++) {
    const rest = text.slice(at);
    if (secrets.some((secret) => secret.length > rest.length && secret.startsWith(rest))) return at;
  }
  return text.length;
}
