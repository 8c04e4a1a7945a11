import { fail, ok, type Result } from "#contract/problem";
import type { SandboxStatus, SnapshotSource } from "#contract/sandbox";
import type { TreeIndex } from "#domain/repository/tree-index";
import type { LogFields } from "#platform/log";
import type { SandboxBinding, SandboxReport, SocketOwner } from "#platform/rpc";
import type { ArchiveStore } from "./archives.ts";
import type { SandboxDriver } from "./drivers/driver.ts";
import { isUp, move, type SandboxMove, sleepAt } from "./lifecycle.ts";
import { newRecord, type SandboxRecord, type StoredSnapshot } from "./record.ts";
import type { TreeStore } from "./trees.ts";

/** How the git gateway is reached from inside a sandbox: the remote's URL, and the environment that lets one command in. */
export interface GitRemote {
  url: string;
  env: Record<string, string>;
}

/** What a sandbox object needs of the world. */
export interface SandboxDeps {
  /** `local` or `cloudflare`. */
  driverName: "local" | "cloudflare";
  /** The driver of a sandbox under a lease, or null where this deployment has none. */
  driver(binding: SandboxBinding, lease: string | null): SandboxDriver | null;
  now(): number;
  /** A fresh environment for commands: ids, gateway URLs and a sandbox token. */
  environment(binding: SandboxBinding): Promise<Record<string, string>>;
  remote(binding: SandboxBinding, repositoryId: string): Promise<GitRemote>;
  /** Every token that a program in this sandbox may hold now or within an hour: none of them is ever shown. */
  secrets(binding: SandboxBinding): Promise<readonly string[]>;
  /** Offers a report to the conversation. */
  report(binding: SandboxBinding, report: SandboxReport): Promise<Result<null>>;
  archives: ArchiveStore;
  trees: TreeStore;
  /** The commit of the repository's default branch now; null where its host does not say so at once. */
  headCommit(binding: SandboxBinding): Promise<string | null>;
  /** The conversation's seq now. */
  seq(binding: SandboxBinding): Promise<Result<number>>;
  /** Tells the sandbox that this one started from that its snapshot is needed no longer. */
  release(binding: SandboxBinding, source: SnapshotSource): Promise<Result<null>>;
  log(name: string, fields: LogFields, error?: unknown): void;
  /** A sandbox without activity for this long goes to sleep. */
  idleMs: number;
}

export interface SandboxStore {
  read(): SandboxRecord | null;
  write(record: SandboxRecord): void;
  /** Arms the one alarm, or disarms it. */
  arm(at: number | null): void;
  /** The alarm went off, so it is armed no more. */
  fired(): void;
  /** Leaves nothing, whatever is written afterwards. */
  erase(): Promise<void>;
}

/** One sandbox object at work. `record` is always what is stored. */
export interface SandboxContext {
  deps: SandboxDeps;
  store: SandboxStore;
  record: SandboxRecord;
  /** The start that is under way, which later callers join. */
  starting: Promise<Result<SandboxDriver>> | null;
  /** The end of the machine that is under way, during which nothing starts. */
  closing: Promise<void> | null;
  /** The snapshot that is being made. */
  keeping: Promise<unknown> | null;
  /** The cached tree that files are read from before there is a machine. */
  tree: Promise<TreeIndex | null> | null;
  /** The commands that are asked for and have not begun. One that is ended meanwhile is taken out, and does not begin. */
  beginning: Set<string>;
  /** The terminals that are open. Their sockets keep the object in memory, and end with it. */
  terminals: Set<OpenTerminal>;
}

export interface OpenTerminal {
  owner: SocketOwner;
  /** Closes it for its person, who may come back as what they are now, or not at all. */
  close(): void;
}

/** Binds at the first call. A binding of another org, conversation or sandbox finds nothing here. */
export function bind(context: SandboxContext | null, made: () => SandboxContext, binding: SandboxBinding) {
  const bound = context ?? made();
  const known = bound.record.binding;
  const same =
    known.orgId === binding.orgId &&
    known.conversationId === binding.conversationId &&
    known.sandboxId === binding.sandboxId;
  return same ? ok(bound) : fail<SandboxContext>("not_found", "There is no such sandbox.");
}

/** The context of a stored or new record. */
export function createContext(deps: SandboxDeps, store: SandboxStore, binding: SandboxBinding): SandboxContext {
  const record = store.read() ?? newRecord(binding, deps.now());
  return {
    deps,
    store,
    record,
    starting: null,
    closing: null,
    keeping: null,
    tree: null,
    beginning: new Set(),
    terminals: new Set(),
  };
}

/** Stores a change of the record and arms the alarm for what is due next. */
export function save(context: SandboxContext, change: Partial<SandboxRecord>): void {
  context.record = { ...context.record, ...change };
  context.store.write(context.record);
  context.store.arm(nextAlarm(context));
}

/** While commands run, their list is compared with the machine's this often, in case an end was missed. */
const BUSY_CHECK_MS = 30_000;
/** While a snapshot is made, the alarm looks this often whether the object that made it is still there. */
const UPLOAD_CHECK_MS = 60_000;

function nextAlarm(context: SandboxContext): number | null {
  const { record, deps } = context;
  const busyCheck = record.state === "busy" ? record.lastActivityAt + BUSY_CHECK_MS : null;
  const snapshot = record.state === "busy" || context.keeping ? null : record.snapshotDueAt;
  const upload = record.uploading === null ? null : deps.now() + UPLOAD_CHECK_MS;
  const tree = isUp(record.state) ? record.treeDueAt : null;
  const asleep = sleepAt(record, deps.idleMs);
  const due = [record.outboxDueAt, record.changesDueAt, asleep, busyCheck, snapshot, upload, record.garbageDueAt, tree];
  const times = due.filter((one) => one !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** Moves the state and queues its report, with no `await` between them, so both are stored or neither; `conflict` where the state does not allow the move. */
export function apply(
  context: SandboxContext,
  by: SandboxMove,
  change: Partial<SandboxRecord> = {},
): Result<SandboxStatus> {
  const next = move(context.record.state, by);
  if (!next.ok) return next;
  // Commands come and go; what was said of the files holds until the machine ends.
  const kept = by === "work" || by === "rest" ? context.record.detail : null;
  const detail = change.detail ?? kept;
  const told = next.value === context.record.state && detail === context.record.detail;
  save(context, { ...change, detail, state: next.value });
  const sandbox = statusOf(context);
  if (!told) queueReport(context, { type: "sandbox.changed", sandbox });
  return ok(sandbox);
}

export function statusOf(context: SandboxContext): SandboxStatus {
  const { state, detail, snapshots } = context.record;
  return { state, detail, driver: context.deps.driverName, snapshot: markOf(snapshots.at(-1)) };
}

function markOf(newest: StoredSnapshot | undefined): SandboxStatus["snapshot"] {
  if (newest === undefined) return null;
  const { id, at, atSeq, sizeBytes } = newest;
  return { id, at, atSeq, sizeBytes };
}

/** Reports the state as it is, with a detail that is new or with something new about it. */
export function tell(context: SandboxContext, detail: string | null): void {
  save(context, { detail });
  queueReport(context, { type: "sandbox.changed", sandbox: statusOf(context) });
}

/** Stores a report for the conversation; the alarm delivers it. */
export function queueReport(context: SandboxContext, report: SandboxReport): void {
  const { outbox, outboxDueAt } = context.record;
  save(context, { outbox: [...outbox, report], outboxDueAt: outboxDueAt ?? context.deps.now() });
}

/** Something or somebody used the sandbox just now. */
export function touch(context: SandboxContext): void {
  save(context, { lastActivityAt: context.deps.now() });
}

const SETTLE_MS = 500;

/** Files may have changed: the alarm looks at them once things have settled, and the newest snapshot does not hold them. */
export function filesTouched(context: SandboxContext): void {
  const now = context.deps.now();
  save(context, { lastActivityAt: now, changesDueAt: now + SETTLE_MS, touchedAt: now, unsaved: "changes" });
}
