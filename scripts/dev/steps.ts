import pc from "picocolors";

/** Shows a step while it runs and how long it took; the work's error goes on to the caller. */
export async function step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const startedMs = performance.now();
  const live = process.stdout.isTTY;
  if (live) process.stdout.write(`${pc.dim("…")} ${name}`);
  const clear = live ? "\r\u001b[2K" : "";
  try {
    const value = await work();
    const took = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`${clear}${pc.green("✓")} ${name} ${pc.dim(`${took} s`)}\n`);
    return value;
  } catch (error) {
    process.stdout.write(`${clear}${pc.red("✗")} ${name}\n`);
    throw error;
  }
}
