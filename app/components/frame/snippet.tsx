import type { SnippetPart } from "#contract/search";

/** Words around a match, with the match marked. */
export function Snippet({ parts, className }: { parts: readonly SnippetPart[]; className: string }) {
  let at = 0;
  const placed = parts.map((part) => {
    at += part.text.length;
    return { ...part, at };
  });
  return (
    <span className={`text-13 text-n11 ${className}`}>
      {placed.map((part) =>
        part.match ? <mark key={part.at}>{part.text}</mark> : <span key={part.at}>{part.text}</span>,
      )}
    </span>
  );
}
