import { join } from "node:path";
import { askJson } from "../clients/http.ts";
import type { OpenRun } from "../clients/run.ts";
import { type Bench, freePort } from "../harness/bench.ts";
import { SERVER_CORE } from "../harness/processes.ts";

export interface NodeArm {
  origin: string;
  groupId: number;
  /** A fresh conversation with a run. */
  open(): Promise<OpenRun>;
  /** The number of events it holds. */
  stored(id: string): Promise<number>;
}

export interface NodeArmOptions {
  /** Nothing at all, a lean server, or the product's own conversation on Node. */
  code: "none" | "lean" | "same";
  /** What comes in one turn is stored, and what comes in one frame is sent, as one. */
  grouped: boolean;
  durable: boolean;
}

/** Starts a Node arm on the core of the system under test. */
export async function startNodeArm(bench: Bench, options: NodeArmOptions): Promise<NodeArm> {
  const port = await freePort();
  const script = join(bench.options.root, "scripts", "bench", "arms", "node-server.ts");
  const spec = JSON.stringify({ port, directory: bench.directory(`node-${options.code}`), ...options });
  const argv = [process.execPath, script, spec];
  const program = await bench.processes.start({ name: `node ${options.code}`, argv, core: SERVER_CORE });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    groupId: program.groupId,
    open: () => askJson<OpenRun>("POST", `${origin}/open`, {}),
    stored: async (id) => (await askJson<{ stored: number }>("GET", `${origin}/stored?id=${id}`)).stored,
  };
}
