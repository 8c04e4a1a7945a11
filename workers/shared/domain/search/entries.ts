import type { ConversationHead } from "#contract/conversation";
import type { Message } from "#contract/message";
import type { Item } from "#contract/run";
import type { SearchKind } from "#contract/search";

/** One text that can be found. `text` is empty where there is nothing to find any more; `at` is ISO 8601. */
export interface SearchEntry {
  seq: number;
  kind: SearchKind;
  text: string;
  at: string;
}

/** The place of a title: the event that made the conversation. */
const TITLE_SEQ = 1;
const MAX_CHARS = 16 * 1024;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

export function titleEntry(head: ConversationHead): SearchEntry {
  return { seq: TITLE_SEQ, kind: "title", text: searchable(head.title), at: head.createdAt };
}

/** A deleted message has no words left. */
export function messageEntry(message: Message): SearchEntry {
  return { seq: message.seq, kind: "message", text: searchable(message.content), at: message.createdAt };
}

/** A step as people see it: what was called, what came out. An agent's thinking is not searched. */
export function itemEntry(item: Item): SearchEntry | null {
  if (item.kind === "reasoning") return null;
  const { command, path, diff, steps = [] } = item.detail;
  const asked = [command, path].filter((one) => one && !item.title.includes(one));
  const words = [item.title, ...asked, item.text, diff, ...steps.map((one) => one.text)].filter(Boolean).join(" ");
  return { seq: item.seq, kind: item.kind, text: searchable(words), at: item.completedAt ?? item.startedAt };
}

/** Without terminal colours, control characters and the marks of a snippet; of a long text the beginning and the end. */
export function searchable(text: string): string {
  const plain = text.replace(COLOURS, "").replace(/[\p{Cc}\ue000\ue001]+/gu, " ");
  if (plain.length <= MAX_CHARS) return plain;
  const tail = MAX_CHARS / 4;
  return `${plain.slice(0, MAX_CHARS - tail - 3)} … ${plain.slice(-tail)}`;
}
