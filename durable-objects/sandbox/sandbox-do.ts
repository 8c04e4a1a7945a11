import { DurableObject } from "cloudflare:workers";
import { fail, ok, type Result } from "#contract/problem";
import type { SandboxStatus } from "#contract/sandbox";
import type { Env } from "#platform/env";
import type { RunEnding, SandboxBinding, SandboxExec, SandboxRpc, ServiceOrder, SocketOwner } from "#platform/rpc";
import { onAlarm } from "./alarm.ts";
import { serveAsked } from "./asked.ts";
import { type Pin, pinSnapshot, releaseSnapshot } from "./collect.ts";
import { bind, createContext, type SandboxContext, type SandboxDeps, statusOf } from "./context.ts";
import { depsOf } from "./deps.ts";
import * as ending from "./ending.ts";
import { execCommand, killCommand } from "./exec.ts";
import * as files from "./files.ts";
import * as git from "./git.ts";
import * as gitWrite from "./git-write.ts";
import * as late from "./late-start.ts";
import * as machine from "./machine.ts";
import { listSnapshots } from "./record.ts";
import * as services from "./services.ts";
import { keepSoon } from "./snapshots.ts";
import { createStore } from "./store.ts";
import { closeTerminals } from "./terminal.ts";

/** One sandbox of one conversation. The rules are in SPEC.md. */
export class Sandbox extends DurableObject<Env> implements SandboxRpc {
  /** What it needs of the world; tests put their own here. */
  deps: SandboxDeps = depsOf(this.env);
  readonly #store = createStore(this.ctx.storage);
  #context: SandboxContext | null = null;

  status(binding: SandboxBinding): Promise<Result<SandboxStatus>> {
    return this.#run(binding, async (context) => ok(statusOf(context)));
  }

  start(binding: SandboxBinding) {
    return this.#run(binding, machine.start);
  }

  stop(binding: SandboxBinding) {
    return this.#run(binding, ending.stop);
  }

  restart(binding: SandboxBinding) {
    return this.#run(binding, ending.restart);
  }

  destroy(binding: SandboxBinding, wholly = false) {
    return this.#run(binding, wholly ? ending.erase : ending.destroy);
  }

  keep(binding: SandboxBinding, end: RunEnding) {
    return this.#run(binding, async (context) => keepSoon(context, end));
  }

  snapshots(binding: SandboxBinding) {
    return this.#run(binding, async (context) => ok(listSnapshots(context.record)));
  }

  pinSnapshot(orgId: string, pin: Pin) {
    return this.#known(orgId, (context) => pinSnapshot(context, pin));
  }

  releaseSnapshot(orgId: string, pin: Pin) {
    return this.#known(orgId, (context) => releaseSnapshot(context, pin));
  }

  exec(binding: SandboxBinding, exec: SandboxExec) {
    return this.#run(binding, (context) => execCommand(context, exec));
  }

  kill(binding: SandboxBinding, execId: string) {
    return this.#run(binding, (context) => killCommand(context, execId));
  }

  service(binding: SandboxBinding, order: ServiceOrder) {
    return this.#run(binding, (context) => services.orderService(context, order));
  }

  findCached(binding: SandboxBinding, query: { pattern: string | null; path: string }) {
    return this.#run(binding, async (context) => ok(await late.findCached(context, query)));
  }

  listFiles(binding: SandboxBinding, path: string, wake = true) {
    return this.#run(binding, (context) => files.listFiles(context, path, wake));
  }

  readFile(binding: SandboxBinding, path: string, wake = true) {
    return this.#run(binding, (context) => files.readFile(context, path, wake));
  }

  writeFile(binding: SandboxBinding, file: { path: string; bytes: Uint8Array }) {
    return this.#run(binding, (context) => files.writeFile(context, file));
  }

  deleteFile(binding: SandboxBinding, path: string) {
    return this.#run(binding, (context) => files.deleteFile(context, path));
  }

  changes(binding: SandboxBinding) {
    return this.#run(binding, git.changes);
  }

  diff(binding: SandboxBinding, path: string) {
    return this.#run(binding, (context) => git.diff(context, path));
  }

  sides(binding: SandboxBinding, path: string) {
    return this.#run(binding, (context) => git.sides(context, path));
  }

  commit(binding: SandboxBinding, request: Parameters<typeof gitWrite.commit>[1]) {
    return this.#run(binding, (context) => gitWrite.commit(context, request));
  }

  push(binding: SandboxBinding, request: { branch?: string }) {
    return this.#run(binding, (context) => gitWrite.push(context, request));
  }

  discard(binding: SandboxBinding, paths: string[]) {
    return this.#run(binding, (context) => gitWrite.discard(context, paths));
  }

  closeTerminals(orgId: string, owner: SocketOwner) {
    return this.#known(orgId, (context) => closeTerminals(context, owner));
  }

  override fetch(request: Request): Promise<Response> {
    return serveAsked(request, (binding, serve) => this.#run(binding, serve));
  }

  override async alarm(): Promise<void> {
    this.#store.fired();
    const binding = this.#store.read()?.binding;
    if (binding) await this.#run(binding, async (context) => ok(await onAlarm(context)));
  }

  /** For calls of another sandbox: one that nobody used, or of another org, finds nothing. */
  async #known<T>(orgId: string, use: (context: SandboxContext) => Result<T>): Promise<Result<T>> {
    const binding = this.#store.read()?.binding;
    if (binding?.orgId !== orgId) return fail("not_found", "There is no such sandbox.");
    return this.#run(binding, async (context) => use(context));
  }

  async #run<T>(binding: SandboxBinding, use: (context: SandboxContext) => Promise<Result<T>>): Promise<Result<T>> {
    const bound = bind(this.#context, () => createContext(this.deps, this.#store, binding), binding);
    if (!bound.ok) return bound;
    this.#context = bound.value;
    return use(bound.value);
  }
}
