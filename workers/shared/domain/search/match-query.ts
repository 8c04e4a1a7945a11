const MAX_TERMS = 16;

/**
 * What a person typed as an FTS5 expression: every word is quoted, so that no syntax of theirs counts, and the last one
 * may go on. Null where nothing in it can be searched for.
 */
export function matchQuery(typed: string): string | null {
  const words = typed
    .replace(/\p{Cc}+/gu, " ")
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, MAX_TERMS);
  if (words.length === 0) return null;
  return `${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" AND ")} *`;
}
