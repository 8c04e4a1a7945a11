import type { Approval, Question } from "#contract/ask";
import type { ConversationHead, Snapshot } from "#contract/conversation";
import type { Me } from "#contract/me";
import type { Message } from "#contract/message";
import type { Model, Provider } from "#contract/provider";
import type { Repository } from "#contract/repository";
import type { Item, Run } from "#contract/run";
import type { Space } from "#contract/space";
import { NO_USAGE } from "#contract/usage";

export const START = Date.parse("2026-11-20T08:00:00.000Z");
export const at = (offsetS: number) => new Date(START + offsetS * 1000).toISOString();
export const id = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`;

export const ADA = id("mem", 1);
export const AGENT = id("agt", 1);
export const THREAD = id("thr", 1);

export const me: Me = {
  member: { id: ADA, kind: "human", name: "Ada Lovelace", role: "owner" },
  org: { id: id("org", 1), slug: "demo", name: "Demo" },
  via: "none",
  appUrl: "http://app.localhost:8787",
  authMode: "NONE",
  environment: "development",
};

export const models: Model[] = [
  { id: "demo/scripted", name: "scripted", provider: "Demo", demo: true, contextTokens: null, isDefault: true },
  {
    id: "anthropic/claude-sonnet",
    name: "claude-sonnet",
    provider: "Anthropic",
    demo: false,
    contextTokens: 200_000,
    isDefault: false,
  },
];

export const spaces: Space[] = [
  {
    id: id("spc", 1),
    name: "Harbour works",
    visibility: "private",
    myRole: "lead",
    members: 3,
    createdAt: at(-90_000),
    archivedAt: null,
    rev: 1,
  },
];

export const repositories: Repository[] = [
  {
    id: id("rep", 1),
    name: "harbour",
    cloneUrl: "https://git.example.com/demo/harbour.git",
    defaultBranch: "main",
    allowedHosts: [],
    createdAt: at(-90_000),
  },
  {
    id: id("rep", 2),
    name: "a-repository-with-a-really-long-name-that-somebody-thought-was-a-good-idea",
    cloneUrl: "https://git.example.com/a-very-long-organisation-name/a-repository-with-a-really-long-name.git",
    defaultBranch: "release/2026-11-candidate",
    allowedHosts: [],
    createdAt: at(-90_000),
  },
];

export const providers: Provider[] = [
  {
    id: id("prv", 1),
    kind: "anthropic",
    name: "Anthropic",
    slug: "anthropic",
    baseUrl: null,
    models: [{ name: "claude-sonnet", contextTokens: 200_000, maxOutputTokens: null, price: null }],
    enabled: true,
    key: { hasValue: true, lastFour: "x9Qa", updatedAt: at(-4000) },
    rev: 1,
    createdAt: at(-4000),
  },
];

export function headOf(n: number, changes: Partial<ConversationHead> = {}): ConversationHead {
  return {
    id: id("cnv", n),
    kind: "coding",
    title: "Make the greeting polite",
    spaceId: null,
    titleBy: "auto",
    createdAt: at(0),
    createdBy: ADA,
    forkedFrom: null,
    replayOf: null,
    archivedAt: null,
    repository: { id: id("rep", 1), name: "harbour", defaultBranch: "main" },
    sandboxId: null,
    settings: { executor: "edge", model: "demo/scripted", autonomy: "auto_safe" },
    threads: [{ id: THREAD, agentId: AGENT, activeRunId: null, queue: [], contextTokens: null }],
    participants: [
      { memberId: ADA, kind: "human", name: "Ada Lovelace", readSeq: 0 },
      { memberId: id("mem", 9), kind: "agent", name: "Builder", readSeq: 0 },
    ],
    approvals: [],
    questions: [],
    allowed: [],
    snapshots: [],
    restoreFrom: null,
    sandbox: { state: "ready", detail: null, driver: "local", snapshot: null },
    ports: [],
    changedFiles: 0,
    usage: NO_USAGE,
    rev: 1,
    ...changes,
  };
}

export function messageOf(n: number, changes: Partial<Message> = {}): Message {
  return {
    id: id("msg", n),
    seq: n,
    authorId: ADA,
    authorKind: "human",
    content: "Make the greeting polite, and test it.",
    attachments: [],
    mode: "auto",
    runId: null,
    reactions: [],
    createdAt: at(n),
    editedAt: null,
    deletedAt: null,
    ...changes,
  };
}

export function runOf(n: number, changes: Partial<Run> = {}): Run {
  return {
    id: id("run", n),
    threadId: THREAD,
    agentId: AGENT,
    messageId: id("msg", n),
    executor: "edge",
    model: "demo/scripted",
    autonomy: "auto_safe",
    status: "succeeded",
    waitingFor: null,
    epoch: 1,
    retryOf: null,
    replayOf: null,
    queuedAt: at(n),
    startedAt: at(n),
    finishedAt: at(n + 42),
    endSeq: n + 3,
    stopReason: "end",
    problem: null,
    usage: { inputTokens: 4210, outputTokens: 812, cachedTokens: 3000, costMicroUsd: 24_310 },
    seq: n,
    ...changes,
  };
}

export function itemOf(n: number, changes: Partial<Item> = {}): Item {
  return {
    id: id("itm", n),
    runId: id("run", 2),
    groupId: null,
    parentId: null,
    kind: "text",
    status: "completed",
    title: "",
    text: "",
    truncation: null,
    detail: {},
    startedAt: at(n),
    completedAt: at(n + 3),
    seq: n,
    ...changes,
  };
}

export const approval: Approval = {
  id: id("apr", 1),
  runId: id("run", 30),
  itemId: id("itm", 36),
  tool: "bash",
  summary: "git push origin polite-greeting",
  args: { command: "git push origin polite-greeting", timeoutMs: 120000 },
  digest: "d",
  pattern: "git push origin *",
  status: "pending",
  scope: null,
  decidedBy: null,
  reason: null,
  requestedAt: at(60),
  expiresAt: at(86_460),
};

export const question: Question = {
  id: id("qst", 1),
  runId: id("run", 30),
  itemId: id("itm", 35),
  text: "How should the greeting end?",
  options: [
    { label: "With a full stop", description: "The quiet way, as in the rest of the interface." },
    { label: "With an exclamation mark" },
    { label: "Leave it as it is" },
  ],
  multiple: false,
  allowCustom: true,
  status: "pending",
  answers: [],
  answeredBy: null,
  askedAt: at(55),
  expiresAt: at(86_460),
};

/** A snapshot out of its parts, with everything in it. */
export function snapshotOf(head: ConversationHead, parts: Partial<Snapshot> = {}): Snapshot {
  const all = [...(parts.messages ?? []), ...(parts.runs ?? []), ...(parts.items ?? [])];
  const seq = Math.max(1, ...all.map((one) => one.seq));
  return { seq, head, messages: [], runs: [], groups: [], items: [], fromSeq: 1, fromItemSeq: null, ...parts };
}
