import { z } from "zod";
import type { ApprovalDecision, QuestionAnswer } from "#contract/ask";
import { commandResult } from "#contract/command";
import {
  type ConversationCreate,
  type ConversationFork,
  type ConversationPatch,
  conversationHead,
  conversationSummary,
  snapshot,
} from "#contract/conversation";
import { file } from "#contract/file";
import { me } from "#contract/me";
import { pageOf } from "#contract/page";
import { type Problem, problem } from "#contract/problem";
import { model } from "#contract/provider";
import { type RepositoryCreate, type RepositoryPatch, repository } from "#contract/repository";
import { sandboxStatus } from "#contract/sandbox";
import { searchHit } from "#contract/search";
import {
  type CommitRequest,
  changes,
  commitResult,
  fileDiff,
  fileListing,
  fileSides,
  pushResult,
} from "#contract/workspace";

/** Answers a path of this site, such as `/api/me`: the browser's `fetch`, or the api app itself on the server. */
export type FetchLike = (path: string, init?: RequestInit) => Promise<Response>;

/** A problem the api answered with, or `unavailable` where it did not answer at all. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  readonly status: number;
  constructor(problem: Problem, status: number) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.problem = problem;
    this.status = status;
  }
}

/** The problem of anything a call may throw. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  return { code: "internal", detail: "The answer could not be read. Reload the page and try again." };
}

export type Api = ReturnType<typeof createApi>;

export interface ConversationQuery {
  q?: string;
  archived?: boolean;
  repositoryId?: string;
  spaceId?: string;
  limit?: number;
  cursor?: string;
}

/** A file to store: its bytes as they are, and the name people know it by. */
export interface Upload {
  name: string;
  type: string;
  body: Blob;
}

const nothing = z.unknown();
const startedConversation = z.union([snapshot, conversationHead, conversationSummary]).transform(idOf);

/** The typed client over the contract: every answer is parsed, every problem is thrown as an `ApiProblem`. */
export function createApi(fetchLike: FetchLike) {
  const call = caller(fetchLike);
  return {
    /** For calls that few pages make, in modules of their own. */
    call,
    me: () => call.get("/api/me", me),
    models: async () => (await call.get("/api/models", z.object({ items: z.array(model) }))).items,
    upload: (one: Upload) =>
      call.send("/api/files", file, {
        method: "POST",
        body: one.body,
        headers: {
          "content-type": one.type || "application/octet-stream",
          "x-file-name": encodeURIComponent(one.name),
        },
      }),
    /** The best places that hold these words; `signal` gives the request up. */
    search: (q: string, signal: AbortSignal) => call.get(`/api/search${search({ q })}`, pageOf(searchHit), { signal }),
    conversations: conversationCalls(call),
    workspace: workspaceCalls(call),
    repositories: {
      list: () => call.get("/api/repositories?limit=200", pageOf(repository)),
      create: (body: RepositoryCreate) => call.post("/api/repositories", repository, body),
      patch: (id: string, body: RepositoryPatch) =>
        call.json(`/api/repositories/${part(id)}`, repository, ["PATCH", body]),
    },
  };
}

function conversationCalls(call: Caller) {
  const of = (id: string, rest = "") => `/api/conversations/${part(id)}${rest}`;
  return {
    list: (query: ConversationQuery = {}, init?: RequestInit) =>
      call.get(`/api/conversations${search({ ...query })}`, pageOf(conversationSummary), init),
    /** Makes a conversation and gives its id; the same `key` gives the same one. */
    create: (body: Partial<ConversationCreate>, key?: string) =>
      call.send("/api/conversations", startedConversation, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...(key ? { "idempotency-key": key } : {}) },
      }),
    get: (id: string) => call.get(of(id), snapshot),
    /** The part of the transcript that ends before the entry at `before`. */
    older: (id: string, before: { before: number; beforeItem?: number }) => call.get(of(id, search(before)), snapshot),
    patch: (id: string, body: ConversationPatch) => call.json(of(id), nothing, ["PATCH", body]),
    /** Makes a fork and gives its id; the same `key` gives the same one. */
    fork: (id: string, body: ConversationFork, key: string) =>
      call.send(of(id, "/fork"), startedConversation, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", "idempotency-key": key },
      }),
    /** Repeats its recording in a new conversation and gives that one's id. */
    replay: (id: string) => call.send(of(id, "/replay"), startedConversation, { method: "POST" }),
    archive: (id: string) => call.send(of(id), nothing, { method: "DELETE" }),
    post: (id: string, body: { clientId: string; content: string; attachments?: string[] }) =>
      call.post(of(id, "/messages"), commandResult, body),
    decide: (id: string, [approvalId, body]: [string, ApprovalDecision]) =>
      call.post(of(id, `/approvals/${part(approvalId)}`), nothing, body),
    answer: (id: string, [questionId, body]: [string, QuestionAnswer]) =>
      call.post(of(id, `/questions/${part(questionId)}`), nothing, body),
    cancel: (id: string, runId: string) => call.post(of(id, `/runs/${part(runId)}/cancel`), nothing, {}),
    retry: (id: string, runId: string) => call.post(of(id, `/runs/${part(runId)}/retry`), nothing, {}),
    removeQueued: (id: string, runId: string) =>
      call.send(of(id, `/queue/${part(runId)}`), nothing, { method: "DELETE" }),
  };
}

function workspaceCalls(call: Caller) {
  const of = (id: string, rest: string) => `/api/conversations/${part(id)}/${rest}`;
  return {
    changes: (id: string) => call.get(of(id, "changes"), changes),
    diff: (id: string, path: string) => call.get(of(id, `changes/diff${search({ path })}`), fileDiff),
    sides: (id: string, path: string) => call.get(of(id, `changes/file${search({ path })}`), fileSides),
    /** With `wake` false, what is known without a machine: `conflict` where only one could say, and none runs. */
    list: (id: string, path: string, wake = true) =>
      call.get(of(id, `files${search({ path: path || ".", ...wakeIf(wake) })}`), fileListing),
    /** The text of a file, whole and exact; null where it is not text. */
    content: async (id: string, path: string, wake = true) =>
      textOf(await call.bytes(of(id, `files/content${search({ path, ...wakeIf(wake) })}`))),
    write: (id: string, path: string, body: Blob) =>
      call.send(of(id, `files/content${search({ path })}`), nothing, {
        method: "PUT",
        body,
        headers: { "content-type": "application/octet-stream" },
      }),
    commit: (id: string, body: CommitRequest) => call.post(of(id, "commit"), commitResult, body),
    push: (id: string, branch?: string) => call.post(of(id, "push"), pushResult, branch ? { branch } : {}),
    discard: (id: string, paths: string[]) => call.post(of(id, "discard"), nothing, { paths }),
    sandbox: (id: string, verb: "start" | "stop" | "restart") =>
      call.post(of(id, `sandbox/${verb}`), z.union([sandboxStatus, nothing]), {}),
  };
}

const wakeIf = (wake: boolean) => (wake ? {} : { wake: "false" });

type Caller = ReturnType<typeof caller>;

function caller(fetchLike: FetchLike) {
  const answer = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetchLike(path, init).catch(() => null);
    if (!response) throw new ApiProblem(UNREACHABLE, 503);
    if (!response.ok) throw new ApiProblem(await problemIn(response), response.status);
    return response;
  };
  const send = async <S extends z.ZodType>(path: string, schema: S, init?: RequestInit): Promise<z.output<S>> => {
    const text = await (await answer(path, init)).text();
    return schema.parse(text === "" ? null : JSON.parse(text));
  };
  const json = <S extends z.ZodType>(path: string, schema: S, [method, body]: [string, unknown]) =>
    send(path, schema, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  return {
    /** The answer itself, for who needs its headers. */
    answer,
    send,
    json,
    get: <S extends z.ZodType>(path: string, schema: S, init?: RequestInit) => send(path, schema, init),
    post: <S extends z.ZodType>(path: string, schema: S, body: unknown) => json(path, schema, ["POST", body]),
    bytes: async (path: string) => new Uint8Array(await (await answer(path)).arrayBuffer()),
  };
}

const UNREACHABLE: Problem = {
  code: "unavailable",
  detail: "Quayside did not answer. Check the connection; nothing you wrote is lost.",
};

async function problemIn(response: Response): Promise<Problem> {
  const parsed = problem.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  return { code: "internal", detail: `The answer was ${response.status}, without a reason.` };
}

/** Bytes as the text that gives the same bytes again, or null where none does. */
function textOf(bytes: Uint8Array): { text: string | null } {
  if (bytes.includes(0)) return { text: null };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { text: null };
  }
}

function idOf(made: { id: string } | { head: { id: string } }): { id: string } {
  return { id: "head" in made ? made.head.id : made.id };
}

function part(id: string): string {
  return encodeURIComponent(id);
}

function search(query: Record<string, string | number | boolean | undefined>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString();
  return text && `?${text}`;
}
