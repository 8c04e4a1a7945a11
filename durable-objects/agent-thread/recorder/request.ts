import type { ModelMessage } from "ai";
import canonicalize from "canonicalize";
import { redactJson } from "#platform/log";
import { digestOfJson } from "../digest.ts";

/** A request as it is kept: its parts by name, each a text or the digest of a blob. */
export interface Request {
  kind: "model" | "call";
  digest: string;
  parts: Record<string, string | string[]>;
  blobs: Map<string, string>;
}

export interface ModelQuestion {
  model: string;
  instructions: string;
  tools: unknown;
  messages: ModelMessage[];
}

/** What is asked of a model: the same for the same question, without ids and credentials, its long parts by digest. */
export async function modelRequest(asked: ModelQuestion): Promise<Request> {
  const blobs = new Map<string, string>();
  return named("model", blobs, {
    model: asked.model,
    instructions: await keep(blobs, asked.instructions),
    tools: await keep(blobs, asked.tools),
    messages: await Promise.all(asked.messages.map((message) => keep(blobs, message))),
  });
}

/** What is asked of a tool, or of people by one. */
export async function callRequest(asked: { tool: string; args: unknown }): Promise<Request> {
  const blobs = new Map<string, string>();
  return named("call", blobs, { tool: asked.tool, args: await keep(blobs, asked.args) });
}

async function named(kind: Request["kind"], blobs: Request["blobs"], parts: Request["parts"]): Promise<Request> {
  return { kind, digest: await digestOfJson([kind, parts]), parts, blobs };
}

/** An id differs in every run that is otherwise the same. */
const IDS = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

async function keep(blobs: Request["blobs"], value: unknown): Promise<string> {
  const body = (canonicalize(redactJson(value ?? null)) ?? "null").replace(IDS, "$1_");
  const digest = await digestOfJson(body);
  blobs.set(digest, body);
  return digest;
}
