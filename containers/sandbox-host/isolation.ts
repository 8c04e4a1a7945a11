import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bareShellPath, findToolchain, ISOLATED_PATH, type Toolchain, toolchainBinds } from "./toolchain.ts";

const WORKSPACE = "/workspace";
const HOME = "/home/sandbox";
const ARCHIVE_ROOT = "/archive";

/** Directories of one sandbox on the machine. */
export interface SandboxDirectories {
  workspace: string;
  home: string;
  tmp: string;
}

/** How commands are kept inside a sandbox on this machine, and which limits the kernel enforces on each process. */
export interface Isolation {
  kind: "bubblewrap" | "none";
  /** Limits in force, in words, for the ready line. */
  limits: string[];
  /** Path of the workspace as commands see it. */
  workspaceOf(directories: SandboxDirectories): string;
  /** The whole environment of a command, but for what its caller adds. */
  environmentOf(directories: SandboxDirectories): Record<string, string>;
  /** Program and arguments of a line for a login shell. */
  shell(line: string): string[];
  /** The directory that holds `workspace` and `home` side by side for `wrapArchive`. */
  archiveRootOf(directories: SandboxDirectories): string;
  /** Program and arguments that run the host's own `argv` in the sandbox, with nothing of it but `archiveRootOf`. */
  wrapArchive(directories: SandboxDirectories, argv: string[]): { argv: string[]; cwd: string };
  /** Program and arguments that run `argv` in the sandbox, in a directory relative to the workspace. */
  wrap(directories: SandboxDirectories, argv: string[], cwd: string): { argv: string[]; cwd: string };
}

const SYSTEM_FILES = [
  "/etc/alternatives",
  "/etc/ca-certificates",
  "/etc/hosts",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/localtime",
  "/etc/mime.types",
  "/etc/nsswitch.conf",
  "/etc/pki",
  "/etc/protocols",
  "/etc/resolv.conf",
  "/etc/services",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
];

/**
 * Chooses the isolation by trying it: a bubblewrap that is installed may still be forbidden by the kernel. `stateDirectory`
 * receives the user table that sandboxes see.
 */
export function detectIsolation(wanted: "auto" | "none", stateDirectory: string): Isolation {
  const tools = findToolchain();
  const limits = detectLimits();
  const bwrap = wanted === "auto" ? findProgram("bwrap") : null;
  if (bwrap !== null) {
    const options = [...namespaces(), ...systemBinds(), ...toolchainBinds(tools), ...userTable(stateDirectory)];
    const probe = spawnSync(bwrap, [...options, "true"], { stdio: "ignore", timeout: 5_000 });
    if (probe.status === 0) return bubblewrap({ bwrap, options, limits });
  }
  return directoryOnly(tools, limits);
}

interface Limits {
  prefix: string[];
  words: string[];
}

function bubblewrap(parts: { bwrap: string; options: string[]; limits: Limits }): Isolation {
  return {
    kind: "bubblewrap",
    limits: parts.limits.words,
    workspaceOf: () => WORKSPACE,
    shell: (line) => ["bash", "-lc", line],
    environmentOf: () => baseEnvironment({ PATH: ISOLATED_PATH, HOME, TMPDIR: "/tmp" }),
    archiveRootOf: () => ARCHIVE_ROOT,
    wrapArchive: (directories, argv) => ({
      argv: [
        parts.bwrap,
        ...parts.options,
        ...["--bind", directories.workspace, `${ARCHIVE_ROOT}/workspace`],
        ...["--bind", directories.home, `${ARCHIVE_ROOT}/home`],
        ...["--chdir", ARCHIVE_ROOT, "--", ...argv],
      ],
      cwd: directories.workspace,
    }),
    wrap: (directories, argv, cwd) => ({
      argv: [
        parts.bwrap,
        ...parts.options,
        ...["--bind", directories.workspace, WORKSPACE],
        ...["--bind", directories.home, HOME],
        ...["--bind", directories.tmp, "/tmp"],
        ...["--chdir", cwd === "" ? WORKSPACE : `${WORKSPACE}/${cwd}`],
        ...["--", ...parts.limits.prefix, ...argv],
      ],
      cwd: directories.workspace,
    }),
  };
}

function directoryOnly(tools: Toolchain, limits: Limits): Isolation {
  return {
    kind: "none",
    limits: limits.words,
    workspaceOf: (directories) => directories.workspace,
    // The machine's own profile replaces PATH, so the tools are put in front of it afterwards.
    shell: (line) => ["bash", "-lc", 'PATH="$1:$PATH"; shift; eval "$1"', "bash", path.dirname(tools.node), line],
    environmentOf: (directories) => ({
      ...baseEnvironment({ PATH: bareShellPath(tools), HOME: directories.home, TMPDIR: directories.tmp }),
      ...trustOf(CONTAINER_CA),
    }),
    archiveRootOf: (directories) => path.dirname(directories.workspace),
    wrapArchive: (directories, argv) => ({ argv, cwd: path.dirname(directories.workspace) }),
    wrap: (directories, argv, cwd) => ({
      argv: [...limits.prefix, ...argv],
      cwd: cwd === "" ? directories.workspace : `${directories.workspace}/${cwd}`,
    }),
  };
}

/** The network is shared: the gateways of a development machine are on its loopback address. */
function namespaces(): string[] {
  return [
    ...["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", "sandbox"],
    "--die-with-parent",
  ];
}

/** The one user of a sandbox under its own name, instead of the machine's list of users. */
function userTable(stateDirectory: string): string[] {
  const tables = {
    passwd: `root:x:0:0:root:/root:/bin/sh\nsandbox:x:1000:1000:sandbox:${HOME}:/bin/bash\n`,
    group: "root:x:0:\nsandbox:x:1000:\n",
  };
  mkdirSync(stateDirectory, { recursive: true });
  return Object.entries(tables).flatMap(([name, text]) => {
    writeFileSync(`${stateDirectory}/${name}`, text);
    return ["--ro-bind", `${stateDirectory}/${name}`, `/etc/${name}`];
  });
}

function systemBinds(): string[] {
  const roots = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr"].filter((one) => existsSync(one));
  const binds = roots.flatMap((one) =>
    lstatSync(one).isSymbolicLink() ? ["--symlink", readlinkSync(one), one] : ["--ro-bind", one, one],
  );
  const files = SYSTEM_FILES.filter((one) => existsSync(one)).flatMap((one) => ["--ro-bind", one, one]);
  return [...binds, ...files, "--proc", "/proc", "--dev", "/dev"];
}

/** Where Cloudflare's containers have the authority that signs for every host while HTTPS is intercepted; only at run time. */
const CONTAINER_CA = "/etc/cloudflare/certs/cloudflare-containers-ca.crt";

/** Has the usual programs trust the authority in `file`, where there is one. */
export function trustOf(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const names = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"];
  return Object.fromEntries(names.map((name) => [name, file]));
}

function baseEnvironment(own: { PATH: string; HOME: string; TMPDIR: string }): Record<string, string> {
  return {
    ...own,
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    USER: "sandbox",
    SHELL: "/bin/bash",
    GIT_TERMINAL_PROMPT: "0",
  };
}

/** Resource limits through util-linux `prlimit`. The kernel exempts root from the process count, so it is not claimed then. */
function detectLimits(): Limits {
  const prlimit = findProgram("prlimit");
  if (prlimit === null) return { prefix: [], words: [] };
  const options = [
    { option: "--nofile=8192", words: "8192 open files" },
    { option: "--fsize=4294967296", words: "files of 4 GiB" },
    { option: "--data=8589934592", words: "8 GiB of memory a process" },
    { option: "--core=0", words: "no core dumps" },
    ...(process.getuid?.() === 0 ? [] : [{ option: "--nproc=4096", words: "4096 processes" }]),
  ].filter((one) => spawnSync(prlimit, [one.option, "true"], { stdio: "ignore" }).status === 0);
  if (options.length === 0) return { prefix: [], words: [] };
  return { prefix: [prlimit, ...options.map((one) => one.option)], words: options.map((one) => one.words) };
}

function findProgram(name: string): string | null {
  const directories = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin"];
  return directories.map((one) => `${one}/${name}`).find((one) => existsSync(one)) ?? null;
}
