import type { Approval, Question } from "#contract/ask";
import type { Command, CommandResult } from "#contract/command";
import type { ConversationHead, ConversationRepository, ConversationSettings, Snapshot } from "#contract/conversation";
import type { Envelope } from "#contract/event";
import type { Message } from "#contract/message";
import type { Result } from "#contract/problem";
import type { RunRecording } from "#contract/recording";
import type { Item, Run } from "#contract/run";
import type { OpenPort, SandboxSnapshot, SandboxStatus, SnapshotSource } from "#contract/sandbox";
import type { CallPurpose, ConversationUsage, Usage } from "#contract/usage";
import type {
  Changes,
  CommitRequest,
  CommitResult,
  ExecRequest,
  FileDiff,
  FileListing,
  FileSides,
  PushResult,
} from "#contract/workspace";
import type { ConversationAction } from "#domain/access/actions";
import type { RunToReplay } from "#domain/conversation/decide-replay";
import type { MemberPrincipal, Principal } from "./principal.ts";

/** What a conversation is made with; ids are the caller's, so that a repeat makes nothing twice. */
export interface ConversationInit {
  id: string;
  kind: ConversationHead["kind"];
  title: string | null;
  repository: ConversationRepository | null;
  settings: ConversationSettings;
  agent: { id: string; memberId: string; name: string };
  spaceId?: string | null | undefined;
  at: number;
  /** Makes it a replay: these runs begin at once, by themselves. Of their authors those take part who still do in what is replayed. */
  replay?: { of: NonNullable<ConversationHead["replayOf"]>; takingPart: string[]; runs: RunToReplay[] };
}

/** What a fork is made with. It holds nothing of its origin yet: it reads that at its first use. */
export interface ForkInit {
  /** Its head from its first own event on. */
  head: ConversationHead;
  origin: { conversationId: string; atSeq: number };
  /** The fork's threads by those of the origin, which its runs are put into. */
  threads: Record<string, string>;
  by: { memberId: string; name: string };
  at: number;
}

/** The conversation object (spec §1–4). Every method answers `not_found` where the conversation does not exist. */
export interface ConversationRpc {
  create(principal: MemberPrincipal, init: ConversationInit): Promise<Result<ConversationHead>>;
  /** Makes this conversation a fork; a repeat changes nothing. */
  createFork(principal: Principal, init: ForkInit): Promise<Result<null>>;
  /** Settles once the conversation holds all of its own log, as a fork does not before its first use. */
  complete(principal: Principal): Promise<Result<null>>;
  command(principal: Principal, command: Command): Promise<Result<CommandResult>>;
  /** `forbidden` where the principal sees it and may not do this. */
  head(principal: Principal, action?: ConversationAction): Promise<Result<{ seq: number; head: ConversationHead }>>;
  /** The head and the newest part of the transcript, or the part before the entry `before`. */
  snapshot(principal: Principal, before?: WindowEnd): Promise<Result<Snapshot>>;
  /** Events after `since` (or before `before`), at most `limit`, ascending by seq. */
  events(principal: Principal, query: EventsQuery): Promise<Result<EventsAnswer>>;
  /** Stored envelopes as their JSON, of every type; a page has at least one while there are any. */
  logPage(principal: Principal, range: LogRange): Promise<Result<LogPage>>;
  runs(principal: Principal): Promise<Result<Run[]>>;
  run(principal: Principal, runId: string): Promise<Result<{ run: Run; items: Item[] }>>;
  /** What was said and done in these runs, oldest first: for an agent that was not there. */
  turns(principal: Principal, runIds: string[]): Promise<Result<Turn[]>>;
  /** Usage of one model call; a repeat of `callId` records nothing. */
  recordUsage(principal: Principal, call: UsageCall): Promise<Result<null>>;
  /** What its model calls used, from its log. */
  usage(principal: Principal): Promise<Result<ConversationUsage>>;
  /** What happened to the sandbox or in its workspace. A repeat of a state is not an event. */
  reportSandbox(principal: Principal, report: SandboxReport): Promise<Result<null>>;
  /** Closes sockets and terminals whose session, member or role is not what it was; those of another org are none of them. */
  closeSockets(orgId: string, owner: SocketOwner): Promise<void>;
  purge(principal: Principal): Promise<Result<null>>;
}

/** Whose sockets are to be closed: all of a member's, or those of one of its sessions. */
export interface SocketOwner {
  memberId: string;
  sessionId?: string | undefined;
}

/** A run as it is read again: its prompt, what else people said to it, and its items, each in order. */
export interface Turn {
  runId: string;
  messages: { message: Message; authorName: string }[];
  items: Item[];
}

/** Events after `after`, up to and with `upTo`. */
export interface LogRange {
  after: number;
  upTo: number;
}
export interface LogPage {
  bodies: string[];
  /** The seq of the last of them: `after` of the next page. */
  next: number;
}

/** Where an older window ends: before the entry `seq`, and within the run there before the item `itemSeq`. */
export interface WindowEnd {
  seq: number;
  itemSeq: number | null;
}

export interface EventsQuery {
  since?: number;
  before?: number;
  limit: number;
  /** Hold the call this long for the first event. */
  waitMs?: number;
}
export interface EventsAnswer {
  events: Envelope[];
  next: number;
  snapshot?: Snapshot;
}

export interface UsageCall {
  callId: string;
  runId: string | null;
  model: string;
  usage: Usage;
  /** Absent: a step of the run. */
  purpose?: CallPurpose | undefined;
}

export type SandboxReport =
  | { type: "sandbox.changed"; sandbox: SandboxStatus }
  | { type: "port.opened"; port: OpenPort }
  | { type: "port.closed"; port: number }
  | { type: "changes.changed"; files: number }
  | { type: "git.committed"; commit: string; branch: string; message: string; files: number }
  | { type: "git.pushed"; commit: string; branch: string };

/** Everything a thread needs to do a run without asking back. */
export interface RunOrder {
  orgId: string;
  conversationId: string;
  run: Run;
  /** The prompt, with its author's name. */
  prompt: { message: Message; authorName: string };
  binding: SandboxBinding;
  /** What people allowed for always in this conversation. */
  allowed: ConversationHead["allowed"];
  /** The runs before it whose outcome it builds on, oldest first, at most 40: the thread asks for those it does not know. */
  earlier: string[];
  /** True while nobody has named the conversation: the thread then suggests a title. */
  wantsTitle: boolean;
}

/**
 * The agent thread object (spec §5). Calls are at-least-once and idempotent by run id (and message or ask id). It
 * reports over a WebSocket to the conversation's `/report` (contract/report.ts).
 */
export interface AgentThreadRpc {
  start(order: RunOrder): Promise<Result<null>>;
  steer(runId: string, message: { message: Message; authorName: string }): Promise<Result<null>>;
  cancel(runId: string, reason: string): Promise<Result<null>>;
  decideApproval(runId: string, approval: Approval): Promise<Result<null>>;
  answerQuestion(runId: string, question: Question): Promise<Result<null>>;
  /** The runs that have a recording and are over, oldest first. */
  recordedRuns(): Promise<Result<string[]>>;
  /** A run's recording; `not_found` where there is none. */
  recording(runId: string): Promise<Result<RunRecording>>;
  /** Leaves nothing. */
  purge(): Promise<Result<null>>;
}

/** Which sandbox, for whom, with what in it. Kept by the sandbox at its first call; a different org is `not_found`. */
export interface SandboxBinding {
  orgId: string;
  conversationId: string;
  sandboxId: string;
  repository: ConversationRepository | null;
  /** Where its first files come from, instead of the repository; of the same org. Read at its first start. */
  restoreFrom?: SnapshotSource | null | undefined;
}

/** The event that ended a run. */
export interface RunEnding {
  seq: number;
  /** In ms. */
  at: number;
}

/** A line that was found. */
export interface FoundLine {
  path: string;
  line: number;
  text: string;
}

/** Options of a command in the sandbox. The caller names it, so that it can end it. */
export interface SandboxExec extends ExecRequest {
  execId: string;
}

/** A server that runs in a sandbox beside its commands, on a loopback port that the sandbox object chooses. */
export interface ServiceSpec {
  /** Letters, digits and `-`. */
  name: string;
  /** Gets its port in `SERVICE_PORT` and its password in the variable that `password.env` names. */
  argv: string[];
  env: Record<string, string>;
  /** HTTP basic auth: known to the object and the server alone. */
  password: { user: string; env: string };
  /** The path that answers 200 once it serves. */
  health: string;
  /** What the sandbox may have to fetch first. */
  needs: "opencode" | null;
  /** Whether it comes back by itself when the machine starts again. */
  start: boolean;
}

/** `ensure` starts it unless it runs as described; `let_go` ends a hold; `end` ends it with everything it started. */
export type ServiceOrder =
  | { do: "ensure"; spec: ServiceSpec }
  | { do: "let_go"; name: string; holder: string }
  | { do: "end"; name: string };

/** `preparing`: what it needs is being fetched; ask again. */
export type ServiceState = { state: "running" } | { state: "preparing"; detail: string } | { state: "ended" };

/**
 * The sandbox object (spec §7, §8). A call that needs the machine starts it. `fetch` carries the binding as JSON in the header
 * `x-quayside-binding`, and takes the WebSocket upgrade of a terminal at `/terminal?cols=&rows=`, and any request to a service
 * that runs at `/service/{name}/{path}`. With the header `x-quayside-hold`, which names who holds, the sandbox counts as busy until
 * the answer ends, `let_go`, or nobody has asked the service anything for two minutes.
 */
export interface SandboxRpc {
  status(binding: SandboxBinding): Promise<Result<SandboxStatus>>;
  start(binding: SandboxBinding): Promise<Result<SandboxStatus>>;
  stop(binding: SandboxBinding): Promise<Result<SandboxStatus>>;
  restart(binding: SandboxBinding): Promise<Result<SandboxStatus>>;
  /** With `wholly` nothing of it is left in the object either; its archives are for the caller to delete. */
  destroy(binding: SandboxBinding, wholly?: boolean): Promise<Result<null>>;
  /**
   * A run ended: makes a snapshot in the background, where files changed since the last one. `seq` and `at` (ms) are those of
   * its end: a snapshot of files that nobody touched after it is of that seq. Wakes nothing.
   */
  keep(binding: SandboxBinding, end: RunEnding): Promise<Result<null>>;
  /** Its snapshots, newest first. Wakes nothing. */
  snapshots(binding: SandboxBinding): Promise<Result<SandboxSnapshot[]>>;
  /**
   * Keeps a snapshot for the sandbox `by`, which starts from it (`restoreFrom`), until that releases it. `not_found` where
   * it is gone, or the sandbox is of another org.
   */
  pinSnapshot(orgId: string, pin: { snapshotId: string; by: string }): Promise<Result<SandboxSnapshot>>;
  /** A sandbox that started from a snapshot releases it itself, once it has one of its own or is deleted. */
  releaseSnapshot(orgId: string, pin: { snapshotId: string; by: string }): Promise<Result<null>>;
  /** NDJSON of `ExecLine`, in order; the last line is `exit` or `error`. */
  exec(binding: SandboxBinding, exec: SandboxExec): Promise<Result<ReadableStream<Uint8Array>>>;
  /** Ends a command and everything it started. Unknown or finished ids are no error. */
  kill(binding: SandboxBinding, execId: string): Promise<Result<null>>;
  /**
   * Finds without a machine what `grep -rnIHE` would, by path and line, while the files are those of a commit that is cached;
   * without a pattern the files themselves, as lines 0. Null where that is for a machine to find. Wakes nothing.
   */
  findCached(
    binding: SandboxBinding,
    query: { pattern: string | null; path: string },
  ): Promise<Result<FoundLine[] | null>>;
  /** With `wake` false no machine is started: what only one could answer is `conflict` while none runs. Likewise `readFile`. */
  listFiles(binding: SandboxBinding, path: string, wake?: boolean): Promise<Result<FileListing>>;
  readFile(binding: SandboxBinding, path: string, wake?: boolean): Promise<Result<{ bytes: Uint8Array; size: number }>>;
  /** A service that does not run is no error but for `ensure`, whose failure is the start's. */
  service(binding: SandboxBinding, order: ServiceOrder): Promise<Result<ServiceState>>;
  writeFile(binding: SandboxBinding, file: { path: string; bytes: Uint8Array }): Promise<Result<null>>;
  deleteFile(binding: SandboxBinding, path: string): Promise<Result<null>>;
  changes(binding: SandboxBinding): Promise<Result<Changes>>;
  diff(binding: SandboxBinding, path: string): Promise<Result<FileDiff>>;
  sides(binding: SandboxBinding, path: string): Promise<Result<FileSides>>;
  commit(binding: SandboxBinding, request: CommitRequest & { author: { name: string } }): Promise<Result<CommitResult>>;
  push(binding: SandboxBinding, request: { branch?: string }): Promise<Result<PushResult>>;
  discard(binding: SandboxBinding, paths: string[]): Promise<Result<null>>;
  /** Closes terminals as `closeSockets` of a conversation does sockets. `not_found` where nobody used the sandbox. Wakes nothing. */
  closeTerminals(orgId: string, owner: SocketOwner): Promise<Result<null>>;
}
