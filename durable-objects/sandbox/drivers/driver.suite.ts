import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandEvent, SandboxDriver } from "./driver.ts";
import { readEvents } from "./sse.ts";

const TEN_MIB = 10 * 1024 * 1024;
const WAIT_MS = 10_000;

/** What every sandbox driver must do. `make` gives a driver of a sandbox that nobody used, with Node in it. */
export function describeDriver(name: string, make: () => SandboxDriver): void {
  describe(`sandbox driver ${name}`, () => {
    const driver = make();
    beforeAll(async () => void (await driver.open()));
    afterAll(() => driver.destroy());

    describeCommands(driver);
    describeFiles(driver);
    describeServers(driver);
    describeLifecycle(make);
  });
}

function describeCommands(driver: SandboxDriver): void {
  test("SB12 a command has input, two outputs and an exit code", async () => {
    const line = "cat; echo problem >&2; exit 3";
    const result = await driver.exec(line, { stdin: "zażółć\n" });
    expect(result).toMatchObject({
      success: false,
      exitCode: 3,
      stdout: "zażółć\n",
      stderr: "problem\n",
      timedOut: false,
    });
  });

  test("SB24 arguments are not read by a shell", async () => {
    const odd = ["$(touch pwned)", "a b", "*", "'\"", "-n", "é\n"];
    const result = await driver.exec(["node", "-p", "JSON.stringify(process.argv.slice(1))", "--", ...odd]);
    expect(JSON.parse(result.stdout)).toEqual(odd);
  });

  test("SB12 a signal gives 128 and its number", async () => {
    expect(await driver.exec("kill -TERM $$")).toMatchObject({ success: false, exitCode: 143 });
  });

  test("SB12 a program that is not there fails, and the next one works", async () => {
    const missing = await driver.exec(["no-such-program"]).catch((error: { code: string }) => error);
    expect(missing).not.toMatchObject({ success: true });
    expect((await driver.exec("true")).success).toBe(true);
  });

  test("SB12 10 MB of output arrive complete and in order", async () => {
    const script = `const line = "é".repeat(511) + "x\\n"; for (let i = 0; i < 10240; i++) process.stdout.write(i + line)`;
    const { stdout } = await driver.exec(["node", "-e", script]);
    const lines = stdout.split("\n");
    expect(lines.length).toBe(10_241);
    expect(new TextEncoder().encode(stdout).byteLength).toBeGreaterThan(TEN_MIB);
    expect(lines.slice(0, -1).every((line, at) => line === `${at}${"é".repeat(511)}x`)).toBe(true);
  });

  test("SB12 a character split between two writes arrives whole", async () => {
    const script = `process.stdout.write(Buffer.from([0xe2, 0x82])); setTimeout(() => process.stdout.write(Buffer.from([0xac])), 100)`;
    expect((await driver.exec(["node", "-e", script])).stdout).toBe("€");
  });

  test("SB15 the environment is the sandbox's own and what was given", async () => {
    await driver.setEnvVars({ GIVEN_BEFORE: "1", TAKEN_BACK: "2" });
    await driver.setEnvVars({ TAKEN_BACK: undefined });
    const { stdout } = await driver.exec(["env"], { env: { GIVEN_NOW: "a b" } });
    const names = stdout.split("\n").map((line) => line.split("=")[0]);
    expect(names).toEqual(
      expect.arrayContaining(["GIVEN_BEFORE", "GIVEN_NOW", "HOME", "LANG", "PATH", "TERM", "TMPDIR"]),
    );
    expect(names.filter((one) => /SECRET|TAKEN_BACK|VITEST|npm_/.test(one ?? ""))).toEqual([]);
  });

  test("SB13 a time-out ends the tree and says so", async () => {
    const startedAt = Date.now();
    const result = await driver.exec("setsid sleep 1131 & sleep 1131", { timeout: 300 });
    expect(result).toMatchObject({ timedOut: true, success: false });
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  test("SB13 kill ends a tree within 2 s, children in other sessions too", async () => {
    const ended = driver.exec("setsid sleep 1132 & sleep 1132 & sleep 1132", { processId: "tree" });
    await until(async () => (await statusOf(driver, "tree")) === "running");
    const startedAt = Date.now();
    await driver.killProcess("tree");
    expect((await ended).success).toBe(false);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(await statusOf(driver, "tree")).toBe("killed");
    await driver.killProcess("tree");
    await driver.killProcess("never-seen");
  });

  test("SB12 commands run side by side", async () => {
    const startedAt = Date.now();
    const results = await Promise.all(Array.from({ length: 10 }, (_, at) => driver.exec(`sleep 1; echo ${at}`)));
    expect(results.map((one) => one.stdout)).toEqual(Array.from({ length: 10 }, (_, at) => `${at}\n`));
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  test("SB12 a stream tells the start, the output and the end; who leaves it does not end the command", async () => {
    const events: CommandEvent[] = [];
    await readEvents<CommandEvent>(await driver.execStream("echo one"), (event) => void events.push(event));
    expect(events.map((one) => one.type)).toEqual(["start", "stdout", "complete"]);
    const stream = await driver.execStream("sleep 0.5; echo kept > left.txt", { processId: "left" });
    await stream.cancel();
    await until(async () => (await statusOf(driver, "left")) === "completed");
    expect(text(await driver.readFile("left.txt"))).toBe("kept\n");
  });

  test("SB12 a background process keeps its output to be read", async () => {
    const started = await driver.startProcess("echo begun; sleep 1133", { processId: "background" });
    expect(started).toMatchObject({ id: "background", status: "running" });
    await until(async () => (await driver.getProcessLogs("background")).stdout === "begun\n");
    await driver.killProcess("background");
    expect(await statusOf(driver, "background")).toBe("killed");
  });
}

function describeFiles(driver: SandboxDriver): void {
  test("SB18 every byte survives", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256);
    await driver.writeFile("deep/er/binary.dat", bytes);
    expect(await driver.readFile("deep/er/binary.dat")).toEqual(bytes);
  });

  test("SB18 names may hold anything but / and NUL", async () => {
    for (const name of ["żółw 🐢.txt", "-rf", "a\nb", "%2e%2e", "'q\"", "*"]) {
      await driver.writeFile(`names/${name}`, name);
      expect(text(await driver.readFile(`names/${name}`))).toBe(name);
    }
    expect((await driver.listFiles("names")).files).toHaveLength(6);
  });

  test("SB18 files are listed, renamed and deleted", async () => {
    await driver.mkdir("box/inner", { recursive: true });
    await driver.writeFile("box/a.txt", "abc");
    await driver.renameFile("box/a.txt", "box/inner/b.txt");
    const { files } = await driver.listFiles("box", { recursive: true });
    expect(files.map((one) => [one.relativePath, one.type])).toEqual([
      ["box/inner", "directory"],
      ["box/inner/b.txt", "file"],
    ]);
    await driver.deleteFile("box/inner/b.txt");
    await expect(driver.readFile("box/inner/b.txt")).rejects.toMatchObject({ code: "not_found" });
    await expect(driver.deleteFile("box")).rejects.toMatchObject({ code: "invalid" });
  });

  test("SB17 paths and links that lead out are refused", async () => {
    await driver.exec("ln -s /etc etc-link; ln -s /etc/passwd passwd-link; ln -s deep inside-link; mkfifo pipe");
    for (const path of ["../x", "/etc/passwd", "etc-link/passwd", "passwd-link", "pipe"]) {
      await expect(driver.readFile(path)).rejects.toMatchObject({ code: "invalid", field: "path" });
    }
    await expect(driver.writeFile("etc-link/quayside", "x")).rejects.toMatchObject({ code: "invalid" });
    await expect(driver.listFiles("etc-link")).rejects.toMatchObject({ code: "invalid" });
    await expect(driver.exec("true", { cwd: "../.." })).rejects.toMatchObject({ code: "invalid" });
    expect((await driver.readFile("inside-link/er/binary.dat")).byteLength).toBe(70_000);
    await driver.deleteFile("passwd-link");
    expect((await driver.exec("cat /etc/passwd")).success).toBe(true);
  });

  test("SB18 a file over 10 MiB is too large", async () => {
    await driver.exec("truncate -s 10485761 large.dat");
    await expect(driver.readFile("large.dat")).rejects.toMatchObject({ code: "too_large" });
  });

  test("SB18 1,000 files are listed", async () => {
    await driver.exec("mkdir many && cd many && seq -f file-%g.txt 1 1000 | xargs touch");
    const { files, truncated } = await driver.listFiles("many");
    expect(truncated).toBe(false);
    expect(new Set(files.map((one) => one.name)).size).toBe(1_000);
  });
}

const SERVER = `
const http = require("node:http"), crypto = require("node:crypto");
const server = http.createServer((req, res) => {
  let body = "";
  req.on("data", (chunk) => { body += chunk; });
  req.on("end", () => res.writeHead(201, { "x-path": req.url }).end(req.method + " " + body + " " + (req.headers["x-quayside-host-secret"] ?? "none")));
});
server.on("upgrade", (req, socket) => {
  const key = crypto.createHash("sha1").update(req.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " + key + "\\r\\n\\r\\n");
  socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello")]));
  socket.on("data", () => socket.end(Buffer.from([0x88, 0])));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

function describeServers(driver: SandboxDriver): void {
  test("a server on a port is reached over HTTP and WebSocket", async () => {
    await driver.startProcess(["node", "-e", SERVER], { processId: "server" });
    await until(async () => (await driver.getProcessLogs("server")).stdout.endsWith("\n"));
    const port = Number((await driver.getProcessLogs("server")).stdout);
    const request = new Request("http://sandbox/a/b?c=d", { method: "POST", body: "ping" });
    const response = await driver.fetchPort(request, port);
    expect([response.status, response.headers.get("x-path"), await response.text()]).toEqual([
      ...[201, "/a/b?c=d", "POST ping none"],
    ]);
    const upgrade = new Request("http://sandbox/socket", { headers: { upgrade: "websocket" } });
    const { webSocket } = await driver.fetchPort(upgrade, port);
    expect(await firstMessage(webSocket)).toBe("hello");
    await driver.killProcess("server");
    expect((await driver.fetchPort(new Request("http://sandbox/"), port)).status).toBe(502);
  });

  test("SB25 a terminal is a terminal of the size asked for, and can change it", async () => {
    const upgrade = () => new Request("http://sandbox/terminal", { headers: { upgrade: "websocket" } });
    const first = watch((await driver.terminal(upgrade(), { cols: 91, rows: 33, sessionId: "size" })).webSocket);
    await until(async () => first.control.includes('{"type":"ready"}'));
    first.type("stty size; test -t 0 && echo a $((1+1))ty\n");
    await until(async () => first.shown().includes("33 91") && first.shown().includes("a 2ty"));
    first.socket.send(JSON.stringify({ type: "resize", cols: 120, rows: 40 }));
    first.type("stty size; echo $((40+2))-kept\n");
    await until(async () => first.shown().includes("40 120") && first.shown().includes("42-kept"));
    first.socket.close();

    const second = watch((await driver.terminal(upgrade(), { sessionId: "size" })).webSocket);
    await until(async () => second.shown().includes("42-kept") && second.control.includes('{"type":"ready"}'));
    second.type("exit 7\n");
    await until(async () => second.control.some((one) => one.includes('"exit"')));
    expect(JSON.parse(second.control.at(-1) ?? "")).toMatchObject({ type: "exit", code: 7 });
  });
}

function describeLifecycle(make: () => SandboxDriver): void {
  test("SB62 an archive holds workspace and home: contents, permissions, links, empty directories and any name", async () => {
    const [driver, other] = [make(), make()];
    await Promise.all([driver.open(), other.open()]);
    await driver.writeFile("run.sh", "#!/bin/sh\n");
    await driver.exec("chmod 751 run.sh; ln -s run.sh link; mkdir -p empty/dir; echo ü > 'zażółć \"x\"\n.txt'");
    await driver.exec(
      "mkdir -p ~/.local/state ~/.cache/big; echo kept > ~/.local/state/session; echo gone > ~/.cache/big/x",
    );
    await other.writeFile("stale.txt", "not part of the archive");
    await other.writeArchive(await driver.readArchive({ maxBytes: TEN_MIB }));
    const { files } = await other.listFiles("", { recursive: true });
    expect(files.map((one) => [one.relativePath, one.type, one.mode])).toEqual([
      ["empty", "directory", expect.any(String)],
      ["empty/dir", "directory", expect.any(String)],
      ["link", "symlink", expect.any(String)],
      ["run.sh", "file", "751"],
      ['zażółć "x"\n.txt', "file", expect.any(String)],
    ]);
    expect((await other.exec("readlink link; cat ~/.local/state/session; ls -A ~/.cache 2>/dev/null")).stdout).toBe(
      "run.sh\nkept\n",
    );
    await Promise.all([driver.destroy(), other.destroy()]);
  });

  test("SB63 a damaged archive changes nothing, and one over the limit is not made", async () => {
    const driver = make();
    await driver.open();
    await driver.writeFile("kept.txt", "kept");
    const { digest, size, body } = await driver.readArchive({ maxBytes: TEN_MIB });
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    expect([bytes.byteLength, digest]).toEqual([size, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    bytes[600] = 255 - (bytes[600] ?? 0);
    for (const broken of [bytes, bytes.subarray(0, 1_000)]) {
      const stream = new Blob([broken]).stream() as ReadableStream<Uint8Array>;
      await expect(driver.writeArchive({ body: stream, digest })).rejects.toMatchObject({ code: "invalid" });
    }
    expect(text(await driver.readFile("kept.txt"))).toBe("kept");
    await expect(driver.readArchive({ maxBytes: 1_000 })).rejects.toMatchObject({ code: "too_large" });
    await driver.destroy();
  });

  test("SB7 what was closed is lost under its old lease, and its files are there under the next where the disk is kept", async () => {
    const driver = make();
    const first = await driver.open();
    expect(first.created).toBe(true);
    await driver.writeFile("kept.txt", "kept");
    const running = driver.exec("sleep 1134", { processId: "long" }).catch((error: unknown) => error);
    await until(async () => (await statusOf(driver, "long")) === "running");
    await driver.close();
    expect(await running).toMatchObject({ code: "lost" });
    await expect(driver.exec("true")).rejects.toMatchObject({ code: "lost" });
    const second = await driver.open();
    expect(second.created).toBe(!driver.keepsDisk);
    expect(second.lease).not.toBe(first.lease);
    const { files } = await driver.listFiles("");
    expect(files.map((one) => one.name)).toEqual(driver.keepsDisk ? ["kept.txt"] : []);
    await driver.destroy();
  });

  test("destroy leaves nothing, and a repeat does nothing", async () => {
    const driver = make();
    await driver.open();
    await driver.writeFile("secret.txt", "x");
    await driver.destroy();
    await driver.destroy();
    await expect(driver.readFile("secret.txt")).rejects.toMatchObject({ code: "lost" });
    expect(await driver.open()).toMatchObject({ created: true });
    expect((await driver.listFiles("")).files).toEqual([]);
    await driver.destroy();
  });

  test("SB17 one sandbox does not see another's files", async () => {
    const [one, other] = [make(), make()];
    await Promise.all([one.open(), other.open()]);
    await one.writeFile("mine.txt", "x");
    expect((await other.listFiles("")).files).toEqual([]);
    await Promise.all([one.destroy(), other.destroy()]);
  });
}

async function statusOf(driver: SandboxDriver, id: string): Promise<string | undefined> {
  return (await driver.listProcesses()).find((one) => one.id === id)?.status;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function watch(socket: WebSocket | null) {
  if (socket === null) throw new Error("no socket came");
  const decoder = new TextDecoder();
  const control: string[] = [];
  let output = "";
  socket.binaryType = "arraybuffer";
  socket.accept();
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") control.push(data);
    else output += decoder.decode(data as ArrayBuffer, { stream: true });
  });
  return { socket, control, shown: () => output, type: (keys: string) => socket.send(new TextEncoder().encode(keys)) };
}

function firstMessage(socket: WebSocket | null): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (socket === null) return reject(new Error("no socket came"));
    socket.addEventListener("message", (event) => {
      resolve(event.data);
      socket.close();
    });
    socket.accept();
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
