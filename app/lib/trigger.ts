/** What a person is about to name: a prompt after `/` at the very start, or a person or file after `@`. */
export interface Trigger {
  kind: "prompt" | "mention";
  query: string;
  /** Where its sign is, and where the caret is. */
  from: number;
  to: number;
}

export function triggerAt(words: string, caret: number): Trigger | null {
  const before = words.slice(0, caret);
  const prompt = /^\/([\p{L}\d ,:-]{0,60})$/u.exec(before);
  if (prompt) return { kind: "prompt", query: prompt[1] ?? "", from: 0, to: caret };
  const mention = /(?:^|\s)@([^\s@]{0,200})$/.exec(before);
  if (!mention) return null;
  const query = mention[1] ?? "";
  return { kind: "mention", query, from: caret - query.length - 1, to: caret };
}

/** The words with what was chosen in the trigger's place, and where the caret goes. */
export function replaced(words: string, { from, to }: Trigger, insert: string): { words: string; caret: number } {
  return { words: words.slice(0, from) + insert + words.slice(to), caret: from + insert.length };
}

/** A path that is being typed: the folder to look in, and how the name in it begins. */
export function pathParts(query: string): { folder: string; name: string } {
  const cut = query.lastIndexOf("/");
  return { folder: cut < 0 ? "" : query.slice(0, cut), name: query.slice(cut + 1).toLowerCase() };
}
