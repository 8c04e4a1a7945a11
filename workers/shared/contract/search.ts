import { z } from "zod";
import { conversationId, timestamp } from "./ids.ts";
import { pageQuery } from "./page.ts";
import { itemKind } from "./run.ts";

/** What a found text is: the conversation's title, a message, or a step of a run. */
export const searchKind = z.enum(["title", "message", ...itemKind.options]);
export type SearchKind = z.infer<typeof searchKind>;

/** A piece of a snippet; `match` marks what was searched for. */
export const snippetPart = z.object({ text: z.string(), match: z.boolean() });
export type SnippetPart = z.infer<typeof snippetPart>;

/** Where the words were found: `seq` is the entry's place in the transcript, 1 for the title. */
export const searchMatch = z.object({
  kind: searchKind,
  seq: z.number().int().positive(),
  snippet: z.array(snippetPart),
});
export type SearchMatch = z.infer<typeof searchMatch>;

export const searchHit = searchMatch.extend({ conversationId, title: z.string(), at: timestamp });
export type SearchHit = z.infer<typeof searchHit>;

export const searchQuery = pageQuery.extend({
  q: z
    .string()
    .trim()
    .max(200)
    .regex(/[\p{L}\p{N}]/u, "must hold a letter or a digit"),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  /** How many hits came before: their order is by fit, so a page has no other mark. */
  cursor: z
    .string()
    .regex(/^\d{1,4}$/, "is no cursor of a search")
    .optional(),
});
