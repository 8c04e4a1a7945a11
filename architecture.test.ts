import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = import.meta.dirname;
const PLACES = ["workers", "durable-objects", "app", "containers", "scripts"];

/** The rooms of house.md §2, the most particular first. */
const ROOMS: [RegExp, string][] = [
  [/^workers\/shared\/contract\//, "contract"],
  [/^workers\/shared\/domain\//, "domain"],
  [/^workers\/shared\/data\//, "data"],
  [/^workers\/shared\/platform\//, "platform"],
  [/^workers\/shared\/testing\//, "testing"],
  [/^workers\/index\.ts$/, "worker-entry"],
  [/^workers\/gateway\/([^/]+)\//, "workers/gateway/$1"],
  [/^workers\/([^/]+)\//, "workers/$1"],
  [/^durable-objects\/index\.ts$/, "do-entry"],
  [/^durable-objects\/kit\//, "do-kit"],
  [/^durable-objects\/([^/]+)\//, "durable-objects/$1"],
  [/^app\//, "app"],
  [/^containers\/([^/]+)\//, "containers/$1"],
  [/^scripts\//, "scripts"],
];

const SHARED = ["contract", "domain", "data", "platform"];

/** What a room may import beside itself; `*` is anything. The longest prefix that fits counts. */
const ALLOWED: [string, string[]][] = [
  ["contract", []],
  ["domain", ["contract"]],
  ["data", ["contract", "domain"]],
  ["platform", ["contract", "domain", "data"]],
  ["do-kit", ["contract", "domain", "platform"]],
  ["do-entry", ["*"]],
  ["worker-entry", ["*"]],
  ["scripts", ["*"]],
  ["workers/web", ["contract", "platform", "app-build"]],
  ["workers/", SHARED],
  ["durable-objects/", [...SHARED, "do-kit"]],
  ["app", ["contract", "domain"]],
  ["containers/", ["contract", "domain"]],
];

function mayImport(source: string, target: string): boolean {
  const allowed = ALLOWED.find(([prefix]) => source.startsWith(prefix))?.[1] ?? [];
  return allowed.includes("*") || allowed.includes(target);
}

/** Packages a room may use; absent means any. */
const PACKAGES: Record<string, RegExp> = {
  contract: /^zod$/,
  domain: /^zod$/,
  data: /^(?:zod|drizzle-orm(?:\/.*)?)$/,
};

interface Import {
  from: string;
  to: string;
  specifier: string;
}

function sourcesIn(place: string): string[] {
  return readdirSync(join(root, place), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx|mjs)$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/^app\/build\/|\/node_modules\/|\/demo-repository\//.test(path));
}

const isTest = (path: string) => /\.(?:test|suite|e2e)\.tsx?$|\/testing\/|apply-migrations/.test(path);
const files = PLACES.flatMap(sourcesIn);
const product = files.filter((path) => !isTest(path));
const textOf = new Map(files.map((path) => [path, readFileSync(join(root, path), "utf8")]));

const ALIASES: [RegExp, string][] = [
  [/^#(contract|domain|data|platform)\/(.*)$/, "workers/shared/$1/$2.ts"],
  [/^#do\/(.*)$/, "durable-objects/$1.ts"],
  [/^#app-build$/, "app/build/server/index.js"],
];

function importsOf(path: string): Import[] {
  const text = textOf.get(path) ?? "";
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^"';]*?from\s+"([^"]+)"|(?:^|\n)import\s+"([^"]+)"|\bimport\("([^"]+)"\)/g;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    return { from: path, specifier, to: targetOf(path, specifier) };
  });
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith(".")) return relative(root, resolve(root, dirname(path), specifier));
  for (const [pattern, target] of ALIASES) if (pattern.test(specifier)) return specifier.replace(pattern, target);
  return specifier;
}

function room(path: string): string | null {
  if (path.startsWith("app/build/")) return "app-build";
  for (const [pattern, name] of ROOMS) {
    const match = pattern.exec(path);
    if (match) return name.replace("$1", match[1] ?? "");
  }
  return null;
}

const imports = product.flatMap(importsOf);

function isAllowed(from: string, to: string, specifier: string): boolean {
  const [source, target] = [room(from), room(to)];
  if (!source || source === target || specifier.startsWith("node:")) return true;
  if (target) return mayImport(source, target);
  return PACKAGES[source]?.test(specifier) ?? true;
}

describe("architecture", () => {
  it("has files to look at", () => {
    expect(product.length).toBeGreaterThan(80);
    expect(imports.length).toBeGreaterThan(200);
  });

  it("lets a room import only what house.md §2 allows", () => {
    const wrong = imports.filter(({ from, to, specifier }) => !isAllowed(from, to, specifier));
    expect(wrong.map(({ from, specifier }) => `${from} → ${specifier}`)).toEqual([]);
  });

  it("has no cycles between files", () => {
    const edges = new Map<string, string[]>();
    for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]) => {
      if (trail.includes(path)) return void cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      if (done.has(path)) return;
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of product) visit(path, []);
    expect(cycles.filter((cycle) => !isTypeOnly(cycle))).toEqual([]);
  });

  it("keeps the database binding in one file", () => {
    const wrong = product.filter(
      (path) => /\benv\.DB\b/.test(textOf.get(path) ?? "") && path !== "workers/shared/data/tenant-db.ts",
    );
    expect(wrong).toEqual([]);
  });

  it("keeps what reaches across orgs in one room", () => {
    const wrong = product.filter((path) => room(path) !== "data" && /\bSystemDb\b/.test(textOf.get(path) ?? ""));
    expect(wrong).toEqual([]);
  });

  it("keeps time, chance and the network out of the domain, and the network out of data", () => {
    const impure = product.filter(
      (path) =>
        room(path) === "domain" &&
        /\bDate\.now\b|new Date\(\)|crypto\.|Math\.random|\bfetch\(/.test(textOf.get(path) ?? ""),
    );
    const networked = product.filter((path) => room(path) === "data" && /\bfetch\(/.test(textOf.get(path) ?? ""));
    expect([...impure, ...networked]).toEqual([]);
  });

  it("calls the world through safeFetch, apart from what calls no address that people gave", () => {
    const free = [
      // Hands its `fetch` to safeFetch.
      "workers/gateway/llm/deps.ts",
      "workers/shared/platform/safe-fetch.ts",
      // Calls the sandbox host of the configuration.
      "durable-objects/sandbox/drivers/local.ts",
      // Writes a program that runs in a sandbox.
      "durable-objects/agent-thread/executors/opencode/config.ts",
    ];
    const calling = product.filter(
      (path) =>
        /^(?:workers|durable-objects)\//.test(path) &&
        /(?<!async |override |[.\w"'`#])fetch\([^)]/.test(
          (textOf.get(path) ?? "").replace(/^\s+(?:async )?fetch\(.*[{;]$/gm, ""),
        ),
    );
    expect(calling.filter((path) => !free.includes(path))).toEqual([]);
    expect(calling).toContain("workers/gateway/llm/deps.ts");
  });

  it("keeps files under their caps", () => {
    const cap = (path: string) => {
      if (/-do\.ts$/.test(path)) return 150;
      if (path === "workers/index.ts") return 80;
      return isTest(path) ? 500 : 350;
    };
    const long = files.filter((path) => (textOf.get(path) ?? "").split("\n").length - 1 > cap(path));
    expect(long).toEqual([]);
  });

  it("has no drawer folders and no suppressed rules", () => {
    const drawers = files.filter((path) => /(?:^|\/)(?:utils|helpers|common|core|misc)(?:\/|\.)/.test(path));
    const suppressed = product.filter((path) =>
      /biome-ignore|@ts-ignore|@ts-expect-error|@ts-nocheck/.test(textOf.get(path) ?? ""),
    );
    expect([...drawers, ...suppressed]).toEqual([]);
  });

  it("cites every numbered behaviour of a SPEC.md in a test title", () => {
    const specs = readdirSync(join(root, "durable-objects"), { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith("SPEC.md"),
    );
    const tests = files
      .filter((path) => /\.(?:test|suite|e2e)\.ts$/.test(path))
      .map((path) => textOf.get(path) ?? "")
      .join("\n");
    const numbers = specs.flatMap(
      (path) => readFileSync(join(root, "durable-objects", path), "utf8").match(/^- (?:\*\*)?[A-Z]{2}\d+/gm) ?? [],
    );
    expect(numbers.length).toBeGreaterThan(0);
    const uncited = numbers
      .map((one) => one.replace(/^- (?:\*\*)?/, ""))
      .filter((one) => !new RegExp(`["\`'][^"\`']*\\b${one}\\b`).test(tests));
    expect(uncited).toEqual([]);
  });
});

/** A cycle in which some step imports types alone costs nothing at run time. */
function isTypeOnly(cycle: string): boolean {
  const steps = cycle.split(" → ");
  return steps.slice(0, -1).some((from, index) => {
    const links = importsOf(from).filter(({ to }) => to === steps[index + 1]);
    const text = textOf.get(from) ?? "";
    return links.every(({ specifier }) =>
      new RegExp(`(?:import|export) type [^;]*from "${specifier.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`).test(text),
    );
  });
}
