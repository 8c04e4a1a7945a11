import { nodeTarget, productTarget, type Target } from "../clients/target.ts";
import { armOf, type Measure, type Sample } from "../harness/measure.ts";
import { canCountSyncs, countSyncs } from "../harness/syncs.ts";
import { appendOne } from "./append.ts";

const APPENDS = 320;
const CLIENTS = 16;

export const durability: Measure = {
  name: "durability",
  what: `fsync and fdatasync per append, ${APPENDS} appends by one client (and by ${CLIENTS})`,
  unit: "",
  rounds: 1,
  gates: ["product", "row-per-turn", "same-code", "lean"].map((arm) => ({
    arm,
    by: "value",
    bound: { atLeast: 1 },
    unit: "",
  })),
  async open(bench) {
    if (!canCountSyncs()) return "durability not checked here: strace is missing";
    const same = { code: "same", grouped: true, durable: true } as const;
    const product = await productTarget(bench, "product");
    const ungrouped = await productTarget(bench, "row-per-turn");
    const sameCode = await nodeTarget(bench, same);
    const lean = await nodeTarget(bench, { ...same, code: "lean", grouped: false });
    const grouped = await nodeTarget(bench, { ...same, code: "lean" });
    return {
      arms: [
        armOf("product", "the product", () => syncs(product)),
        armOf("row-per-turn", "own row per turn", () => syncs(ungrouped)),
        armOf("same-code", "same code on Node + SQLite FULL", () => syncs(sameCode)),
        armOf("lean", "lean Node + SQLite FULL, a row each", () => syncs(lean)),
        armOf("lean-grouped", "lean Node + SQLite FULL, grouped", () => syncs(grouped)),
      ],
    };
  },
};

async function syncs(target: Target): Promise<Sample> {
  const url = target.appendUrl(await target.open());
  for (let n = 0; n < CLIENTS; n += 1) await appendOne(url);
  const lone = await countSyncs(target.groupId(), () => appends(url, 1));
  const crowd = await countSyncs(target.groupId(), () => appends(url, CLIENTS));
  return { value: lone / APPENDS, also: { [`by ${CLIENTS} clients`]: crowd / APPENDS }, faults: [] };
}

async function appends(url: string, clients: number): Promise<void> {
  const client = async () => {
    for (let n = 0; n < APPENDS / clients; n += 1) await appendOne(url);
  };
  await Promise.all(Array.from({ length: clients }, client));
}
