import { existsSync } from "node:fs";
import path from "node:path";
import { OPENCODE_BIN, OPENCODE_ROOT } from "./opencode-pin.ts";

const USUAL_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Where the running Node and its npm are, for sandboxes to use. */
export interface Toolchain {
  node: string;
  /** Directory of the npm package, or null where none was found. */
  npm: string | null;
}

/** Finds the running Node and the npm that goes with it. */
export function findToolchain(): Toolchain {
  const node = process.execPath;
  const candidates = [
    path.join(path.dirname(node), "..", "lib", "node_modules", "npm"),
    process.env.npm_execpath ? path.dirname(path.dirname(process.env.npm_execpath)) : null,
    "/usr/lib/node_modules/npm",
    "/usr/local/lib/node_modules/npm",
    "/usr/share/nodejs/npm",
  ];
  const npm = candidates.find((one) => one !== null && existsSync(path.join(one, "bin", "npm-cli.js")));
  return { node, npm: npm ? path.resolve(npm) : null };
}

/** bubblewrap options that put Node, npm and npx below `/opt/bin`, and OpenCode where it is or will be. */
export function toolchainBinds(tools: Toolchain): string[] {
  const node = ["--ro-bind", tools.node, "/opt/bin/node", "--ro-bind", OPENCODE_ROOT, "/opt/opencode"];
  if (tools.npm === null) return node;
  return [
    ...node,
    ...["--ro-bind", tools.npm, "/opt/npm"],
    ...["--symlink", "/opt/npm/bin/npm-cli.js", "/opt/bin/npm"],
    ...["--symlink", "/opt/npm/bin/npx-cli.js", "/opt/bin/npx"],
  ];
}

/** The `PATH` inside an isolated sandbox. */
export const ISOLATED_PATH = ["/opt/bin", ...USUAL_PATH, path.posix.join("/opt/opencode", OPENCODE_BIN)].join(":");

/** The `PATH` of a sandbox that is only a directory. */
export function bareShellPath(tools: Toolchain): string {
  return [path.dirname(tools.node), ...USUAL_PATH, path.join(OPENCODE_ROOT, OPENCODE_BIN)].join(":");
}
