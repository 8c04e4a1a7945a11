import { z } from "zod";
import { LIMITS } from "#contract/limits";
import type { ProblemCode } from "#contract/problem";
import {
  changes,
  commitRequest,
  commitResult,
  discardRequest,
  execRequest,
  fileDiff,
  fileListing,
  fileSides,
  pushRequest,
  pushResult,
  workspacePath,
} from "#contract/workspace";
import { within } from "#platform/policy";
import { settle, unwrap } from "#platform/problem-response";
import { type AnyRoute, defineRoute } from "#platform/route";
import { conversationParams, pathQuery, sandboxOf } from "./sandbox-binding.ts";

const PROBLEMS: ProblemCode[] = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "upstream_failed",
  "unavailable",
];
const tag = "Workspace";
const common = { tag, params: conversationParams, problems: PROBLEMS } as const;
const reads = { ...common, policy: within("conversation.read") } as const;
const writes = { ...common, policy: within("conversation.code") } as const;

/** `false` starts no machine: what only one could answer is `conflict` while none runs. */
const wake = z
  .enum(["true", "false"])
  .default("true")
  .transform((text) => text === "true");

const listFiles = defineRoute({
  ...reads,
  method: "get",
  path: "/conversations/:id/files",
  summary: "List a directory of the workspace",
  query: z.object({ path: workspacePath.optional(), wake }),
  response: fileListing,
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.read");
    return unwrap(await settle(stub.listFiles(binding, input.query.path ?? ".", input.query.wake), "sandbox"));
  },
});

const readFile = defineRoute({
  ...reads,
  method: "get",
  path: "/conversations/:id/files/content",
  summary: "The bytes of a file",
  query: pathQuery.extend({ wake }),
  problems: [...PROBLEMS, "too_large"],
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.read");
    const { bytes } = unwrap(await settle(stub.readFile(binding, input.query.path, input.query.wake), "sandbox"));
    return new Response(bytes, { headers: fileHeaders(input.query.path, bytes) });
  },
});

/**
 * Headers under which bytes of a workspace are harmless on the app's own origin: never shown as a page, whatever is in
 * them. The name is encoded by RFC 5987, so it cannot leave its header.
 */
function fileHeaders(path: string, bytes: Uint8Array): Record<string, string> {
  const name = encodeURIComponent(path.split("/").at(-1) ?? "file").replace(/['()*]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return {
    "content-type": bytes.subarray(0, 8_000).includes(0) ? "application/octet-stream" : "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename*=UTF-8''${name}`,
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  };
}

const ofPath = ({ params, query }: { params: { id: string }; query: { path: string } }) => `${params.id}/${query.path}`;

const writeFile = defineRoute({
  ...writes,
  method: "put",
  path: "/conversations/:id/files/content",
  summary: "Write a file whole",
  query: pathQuery,
  body: { bytes: true, maxBytes: LIMITS.workspaceFileBytes },
  status: 204,
  audit: { action: "workspace.write", target: ofPath },
  problems: [...PROBLEMS, "too_large"],
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    unwrap(await settle(stub.writeFile(binding, { path: input.query.path, bytes: input.body }), "sandbox"));
  },
});

const deleteFile = defineRoute({
  ...writes,
  method: "delete",
  path: "/conversations/:id/files/content",
  summary: "Delete a file",
  query: pathQuery,
  status: 204,
  audit: { action: "workspace.delete", target: ofPath },
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    unwrap(await settle(stub.deleteFile(binding, input.query.path), "sandbox"));
  },
});

const exec = defineRoute({
  ...writes,
  method: "post",
  path: "/conversations/:id/exec",
  summary: "Run a command and stream its output as NDJSON",
  body: execRequest,
  audit: "sandbox.exec",
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    const execId = `exe_${crypto.randomUUID().replaceAll("-", "")}`;
    const output = unwrap(await settle(stub.exec(binding, { ...input.body, execId }), "sandbox"));
    return new Response(output, { headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" } });
  },
});

const killExec = defineRoute({
  ...writes,
  method: "delete",
  path: "/conversations/:id/exec/:execId",
  summary: "End a command and everything it started",
  params: conversationParams.extend({ execId: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/) }),
  status: 204,
  audit: "sandbox.exec_end",
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    unwrap(await settle(stub.kill(binding, input.params.execId), "sandbox"));
  },
});

const listChanges = defineRoute({
  ...reads,
  method: "get",
  path: "/conversations/:id/changes",
  summary: "Files that differ from the base commit",
  response: changes,
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.read");
    return unwrap(await settle(stub.changes(binding), "sandbox"));
  },
});

const diff = defineRoute({
  ...reads,
  method: "get",
  path: "/conversations/:id/changes/diff",
  summary: "The unified diff of a changed file",
  query: pathQuery,
  response: fileDiff,
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.read");
    return unwrap(await settle(stub.diff(binding, input.query.path), "sandbox"));
  },
});

const sides = defineRoute({
  ...reads,
  method: "get",
  path: "/conversations/:id/changes/file",
  summary: "Both sides of a changed file",
  query: pathQuery,
  response: fileSides,
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.read");
    return unwrap(await settle(stub.sides(binding, input.query.path), "sandbox"));
  },
});

const commit = defineRoute({
  ...writes,
  method: "post",
  path: "/conversations/:id/commit",
  summary: "Commit changes, on a branch if one is named",
  body: commitRequest,
  response: commitResult,
  audit: "git.commit",
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    const request = { ...input.body, author: { name: input.principal.name } };
    return unwrap(await settle(stub.commit(binding, request), "sandbox"));
  },
});

const push = defineRoute({
  ...writes,
  method: "post",
  path: "/conversations/:id/push",
  summary: "Push a branch",
  body: pushRequest,
  response: pushResult,
  audit: "git.push",
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    return unwrap(await settle(stub.push(binding, input.body), "sandbox"));
  },
});

const discard = defineRoute({
  ...writes,
  method: "post",
  path: "/conversations/:id/discard",
  summary: "Put files back as they were at the base commit",
  body: discardRequest,
  status: 204,
  audit: "workspace.discard",
  handle: async (input) => {
    const { stub, binding } = await sandboxOf(input, "conversation.code");
    unwrap(await settle(stub.discard(binding, input.body.paths), "sandbox"));
  },
});

export const workspaceRoutes: AnyRoute[] = [
  ...[listFiles, readFile, writeFile, deleteFile],
  ...[exec, killExec],
  ...[listChanges, diff, sides, commit, push, discard],
];
