import { DurableObject } from "cloudflare:workers";
import type { Command } from "#contract/command";
import { fail, ok } from "#contract/problem";
import { search } from "#data/search";
import { forTenant } from "#data/tenant-db";
import type { Env } from "#platform/env";
import { memberPrincipal } from "#platform/member-principal";
import type { ServicePrincipal } from "#platform/principal";
import type { AgentThreadRpc, UsageCall } from "#platform/rpc";
import { conversationStub } from "#platform/stubs";

interface DoorEnv extends Env {
  ORG_ID: string;
  /** The product's database, for what the bench puts into it and asks of it past the product. */
  BENCH_DB: D1Database;
  ABORT: Fetcher;
}

/** An agent thread that takes every order and does nothing: the bench reports on its runs itself. */
export class SilentThread extends DurableObject implements AgentThreadRpc {
  start = async () => ok(null);
  steer = async () => ok(null);
  cancel = async () => ok(null);
  decideApproval = async () => ok(null);
  answerQuestion = async () => ok(null);
  purge = async () => ok(null);
  recordedRuns = async () => ok([]);
  recording = async () => fail("not_found", "Nothing is recorded here.");
}

const BENCH_MEMBER = { memberId: "bench", role: "member" as const, spaces: {} };

type Door = (request: Request, env: DoorEnv, query: URLSearchParams) => Promise<Response>;

/** What the product's own routes give nobody: a Worker of its own, bound to the product's objects and database. */
const DOORS: Record<string, Door> = {
  /** One durable append, without the limit on a person's commands. */
  async "/usage"(request, env, query) {
    const call = (await request.json()) as UsageCall;
    const result = await conversationStub(env, env.ORG_ID, query.get("id") ?? "").recordUsage(service(env), call);
    return Response.json(result, { status: result.ok ? 200 : 409 });
  },
  /** A command of any member. */
  async "/command"(request, env, query) {
    const memberId = query.get("member") ?? "";
    const principal = memberPrincipal({ orgId: env.ORG_ID, memberId, name: "Ada", role: "member" });
    const command = (await request.json()) as Command;
    return Response.json(await conversationStub(env, env.ORG_ID, query.get("id") ?? "").command(principal, command));
  },
  /** The report socket of a run. */
  async "/report"(_request, env, query) {
    const headers = { upgrade: "websocket", "x-quayside-principal": JSON.stringify(service(env)) };
    return conversationStub(env, env.ORG_ID, query.get("id") ?? "").fetch("http://conversation/report", { headers });
  },
  /** Loses the memory of every object, as a fault of the machine does. */
  async "/abort"(_request, env) {
    return env.ABORT.fetch("http://abort/");
  },
  /** Runs statements in one batch. */
  async "/sql"(request, env) {
    const statements = (await request.json()) as { sql: string; values: unknown[] }[];
    const results = await env.BENCH_DB.batch(
      statements.map((one) => env.BENCH_DB.prepare(one.sql).bind(...one.values)),
    );
    return Response.json(results.map((one) => one.results));
  },
  /** The search of the API, so many times, without the request around it; the first page's places. */
  async "/search"(_request, env, query) {
    const q = { q: query.get("q") ?? "", limit: 20 };
    const found = [];
    for (let n = Number(query.get("times")); n > 0; n -= 1)
      found.push(await search(forTenant(env, { orgId: env.ORG_ID }), BENCH_MEMBER, q));
    return Response.json(found.at(-1)?.items.map((one) => one.seq));
  },
  /** The same page by reading every row. */
  async "/like"(_request, env, query) {
    const statement = env.BENCH_DB.prepare(
      `SELECT e.conversation_id, e.seq, e.kind, e.text, e.at, c.title FROM search_entries e
       JOIN conversations c ON c.org_id = e.org_id AND c.id = e.conversation_id
       WHERE e.org_id = ? AND e.text LIKE ? ORDER BY e.at DESC LIMIT 21`,
    ).bind(env.ORG_ID, `%${query.get("q")}%`);
    let found: { results: { seq: number }[] } = { results: [] };
    for (let n = Number(query.get("times")); n > 0; n -= 1) found = await statement.run<{ seq: number }>();
    return Response.json(found.results.slice(0, 20).map((one) => one.seq));
  },
  /** An empty statement: the way to the database and back. */
  async "/nothing"(_request, env, query) {
    for (let n = Number(query.get("times")); n > 0; n -= 1) await env.BENCH_DB.prepare("SELECT 1").run();
    return Response.json([]);
  },
};

function service(env: DoorEnv): ServicePrincipal {
  return { kind: "service", orgId: env.ORG_ID };
}

export default {
  async fetch(request: Request, env: DoorEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const door = DOORS[pathname];
    return door ? door(request, env, searchParams) : new Response("no such door", { status: 404 });
  },
} satisfies ExportedHandler<DoorEnv>;
