import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { clearWorkspace } from "./files.ts";
import { HostError } from "./host-error.ts";
import type { Isolation } from "./isolation.ts";
import { Sandbox } from "./sandbox.ts";
import type { Settings } from "./settings.ts";

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The open sandboxes of this host, one directory each: `{root}/{org}/{sandbox}`. */
export class Registry {
  readonly root: string;
  readonly isolation: Isolation;
  readonly #onlyDirectory: string | null;
  readonly #open = new Map<string, Sandbox>();

  constructor(settings: Pick<Settings, "root" | "onlyDirectory">, isolation: Isolation) {
    this.root = settings.root;
    this.#onlyDirectory = settings.onlyDirectory;
    this.isolation = isolation;
  }

  /** Opens a sandbox, or gives the open one; `created` where its workspace is new. */
  async open(org: string, name: string): Promise<{ sandbox: Sandbox; created: boolean }> {
    const key = keyOf(org, name);
    const known = this.#open.get(key);
    if (known?.alive) return { sandbox: known, created: false };
    await known?.close();
    const directory = this.#directoryOf(org, name);
    const sandbox = new Sandbox(directory, this.isolation, `${this.root}:${key}`);
    this.#open.set(key, sandbox);
    const created = await sandbox.prepare();
    return { sandbox, created };
  }

  /** The open sandbox whose lease this is; `lost` where it was closed, replaced or removed since. */
  find(org: string, name: string, lease: string | null): Sandbox {
    const sandbox = this.#open.get(keyOf(org, name));
    if (sandbox?.alive && sandbox.lease === lease) return sandbox;
    throw new HostError("lost", "The sandbox is not running.");
  }

  /** Ends what runs in a sandbox; its files stay. */
  async close(org: string, name: string): Promise<void> {
    const key = keyOf(org, name);
    const sandbox = this.#open.get(key);
    this.#open.delete(key);
    await sandbox?.close();
  }

  /** Ends what runs in a sandbox and deletes its files. */
  async destroy(org: string, name: string): Promise<void> {
    await this.close(org, name);
    const directory = this.#directoryOf(org, name);
    if (this.#onlyDirectory !== null) await clearWorkspace({ workspace: path.join(directory, "workspace") });
    else if (existsSync(directory)) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #directoryOf(org: string, name: string): string {
    return this.#onlyDirectory ?? path.join(this.root, org, name);
  }

  /** Ends what runs in all sandboxes. */
  async closeAll(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map((one) => one.close()));
  }
}

function keyOf(org: string, name: string): string {
  if (NAME.test(org) && NAME.test(name)) return `${org}/${name}`;
  throw new HostError("not_found", "There is no such sandbox.");
}
