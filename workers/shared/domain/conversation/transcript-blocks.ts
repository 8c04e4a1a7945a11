import type { Message } from "#contract/message";
import type { Item, Run } from "#contract/run";
import type { Usage } from "#contract/usage";
import type { Ask, Transcript } from "./transcript.ts";

/** A piece of a transcript to print. `text` is what people and agents wrote: to be escaped by whoever prints it. */
export type Block =
  | { kind: "heading"; level: 1 | 2 | 3; text: string; at: string | null }
  | { kind: "line"; text: string }
  /** Prose in Markdown, of one or more lines. */
  | { kind: "prose"; text: string }
  | { kind: "code"; language: "" | "sh" | "diff"; text: string }
  | { kind: "link"; text: string; href: string };

/** An absolute address of a path on the conversation's host, or null where it is none. */
export type AddressOf = (path: string) => string | null;

/** The transcript from its beginning to its end, one piece at a time. */
export function* blocksOf(transcript: Transcript, addressOf: AddressOf): Generator<Block> {
  yield* opening(transcript);
  const { messages, runs } = transcript.state;
  const itemsByRun = Map.groupBy(transcript.state.items.values(), (item) => item.runId);
  const asksByItem = Map.groupBy(transcript.asks.values(), itemIdOf);
  const entries = [
    ...[...messages.values()].map((message) => ({ seq: message.seq, of: () => messageBlocks(transcript, message) })),
    ...[...runs.values()].map((run) => ({
      seq: run.seq,
      of: () => runBlocks({ transcript, addressOf, asksByItem }, run, itemsByRun.get(run.id) ?? []),
    })),
    ...transcript.notes.map((note) => ({
      seq: note.seq,
      of: (): Block[] => [{ kind: "heading", level: 2, text: note.words, at: note.at }],
    })),
  ];
  for (const entry of entries.sort((a, b) => a.seq - b.seq)) yield* entry.of();
}

function* opening({ state, names }: Transcript): Generator<Block> {
  const { head } = state;
  if (!head) return;
  yield { kind: "heading", level: 1, text: head.title, at: head.createdAt };
  const people = [...names.values()].join(", ");
  const repository = head.repository ? ` · Repository: ${head.repository.name}` : "";
  yield { kind: "line", text: `Participants: ${people}${repository}` };
  if (head.archivedAt) yield { kind: "line", text: `Archived ${timeOf(head.archivedAt)}` };
  yield { kind: "line", text: `In all: ${usageOf(head.usage)}` };
}

function* messageBlocks({ names }: Transcript, message: Message): Generator<Block> {
  const edited = message.editedAt ? " (edited)" : "";
  const author = names.get(message.authorId) ?? message.authorKind;
  yield { kind: "heading", level: 2, text: `${author}${edited}`, at: message.createdAt };
  if (message.deletedAt) yield { kind: "line", text: `Deleted ${timeOf(message.deletedAt)}` };
  else yield { kind: "prose", text: message.content };
  for (const file of message.attachments) yield { kind: "line", text: `Attached: ${file.name} (${file.size} bytes)` };
  for (const one of message.reactions) {
    yield { kind: "line", text: `${one.emoji} ${one.memberIds.map((id) => names.get(id) ?? "someone").join(", ")}` };
  }
}

interface RunContext {
  transcript: Transcript;
  addressOf: AddressOf;
  asksByItem: Map<string, Ask[]>;
}

function* runBlocks(context: RunContext, run: Run, items: Item[]): Generator<Block> {
  const at = run.startedAt ?? run.queuedAt;
  yield { kind: "heading", level: 2, text: `Run with ${run.model}: ${run.status}`, at };
  for (const item of items.sort((a, b) => a.seq - b.seq)) {
    const asks = context.asksByItem.get(item.id) ?? [];
    if (item.kind !== "question" || asks.length === 0) yield* itemBlocks(context, item);
    for (const ask of asks) yield* askBlocks(context.transcript, ask);
  }
  if (run.problem) yield { kind: "line", text: `Problem: ${run.problem.detail}` };
  const end = run.finishedAt ? `Ended ${timeOf(run.finishedAt)} · ` : "";
  yield { kind: "line", text: `${end}${usageOf(run.usage)}` };
}

function* itemBlocks({ transcript, addressOf }: RunContext, item: Item): Generator<Block> {
  yield itemHeading(item, agentName(transcript));
  if (item.detail.command) yield { kind: "code", language: "sh", text: item.detail.command };
  yield* textBlocks(item);
  for (const step of item.detail.steps ?? []) {
    yield { kind: "line", text: `${STEP_MARKS[step.status]} ${step.text}` };
  }
  if (item.detail.problem) yield { kind: "line", text: `Problem: ${item.detail.problem.detail}` };
  yield* truncationBlocks(item, addressOf);
}

/** A file change shows its diff, everything else its text. */
function* textBlocks(item: Item): Generator<Block> {
  if (item.kind === "file_change" && item.detail.diff) {
    yield { kind: "code", language: "diff", text: item.detail.diff };
  } else if (item.text !== "") {
    const prose = item.kind === "text" || item.kind === "reasoning";
    yield prose ? { kind: "prose", text: item.text } : { kind: "code", language: "", text: item.text };
  }
}

const STEP_MARKS = { pending: "☐", in_progress: "◐", completed: "☑" };

function agentName({ state }: Transcript): string {
  return state.head?.participants.find((one) => one.kind === "agent")?.name ?? "Agent";
}

/** Prose is headed by who said it, every other step by what it did and how it ended. */
function itemHeading(item: Item, agent: string): Block {
  const { exitCode, added, removed } = item.detail;
  const facts = [
    item.status === "completed" ? null : item.status.replace("_", " "),
    exitCode === undefined ? null : `exit ${exitCode}`,
    item.detail.timedOut ? "timed out" : null,
    added === undefined && removed === undefined ? null : `+${added ?? 0} −${removed ?? 0}`,
  ].filter((one) => one !== null);
  const name = item.title || (item.kind === "text" ? agent : item.kind.replace("_", " "));
  const text = facts.length > 0 ? `${name} (${facts.join(", ")})` : name;
  return { kind: "heading", level: 3, text, at: item.startedAt };
}

function* truncationBlocks({ truncation }: Item, addressOf: AddressOf): Generator<Block> {
  if (!truncation) return;
  const text = `Shortened: ${truncation.omittedBytes} of ${truncation.totalBytes} bytes are left out`;
  const href = addressOf(truncation.href);
  yield href === null ? { kind: "line", text } : { kind: "link", text, href };
}

function* askBlocks({ names }: Transcript, ask: Ask): Generator<Block> {
  const question = ask.kind === "question";
  const at = question ? ask.question.askedAt : ask.approval.requestedAt;
  const title = question ? "Question" : `Approval of ${ask.approval.tool}`;
  yield { kind: "heading", level: 3, text: title, at };
  if (question) yield { kind: "prose", text: ask.question.text };
  else yield { kind: "code", language: "", text: ask.approval.summary };
  if (question && ask.question.options.length > 0) {
    yield { kind: "line", text: `Choices: ${ask.question.options.map((one) => one.label).join(" · ")}` };
  }
  if (!ask.outcome) return yield { kind: "line", text: "Open" };
  const { memberId } = ask.outcome;
  const who = memberId ? `${names.get(memberId) ?? "Someone"}, ` : "";
  yield { kind: "line", text: `${who}${timeOf(ask.outcome.at)}:` };
  yield { kind: "prose", text: ask.outcome.words };
}

function itemIdOf(ask: Ask): string {
  return ask.kind === "question" ? ask.question.itemId : ask.approval.itemId;
}

/** In UTC, to the second. */
export function timeOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

function usageOf(usage: Usage): string {
  const { inputTokens, outputTokens, cachedTokens, costMicroUsd } = usage;
  return `${inputTokens} tokens in (${cachedTokens} cached), ${outputTokens} out, $${(costMicroUsd / 1_000_000).toFixed(4)}`;
}
