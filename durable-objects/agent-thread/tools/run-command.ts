import { type ExecLine, type ExecRequest, execLine } from "#contract/workspace";
import type { ToolContext } from "./tool.ts";

export interface CommandEnd {
  output: string;
  exit: Extract<ExecLine, { type: "exit" }> | null;
  /** Why it could not run, or could not be followed to its end. */
  error: string | null;
}

/** More is not kept: the middle of the output is what goes. */
const MAX_KEPT_CHARS = 8 * 1024 * 1024;

/**
 * Runs a command in the sandbox and follows it to its end. `onOutput` gets every piece of standard output and error in
 * order. Ends early with an error where the run is stopped.
 */
export async function runCommand(
  context: Pick<ToolContext, "sandbox" | "itemId" | "signal">,
  request: ExecRequest,
  onOutput: (text: string) => void = () => undefined,
): Promise<CommandEnd> {
  const started = await context.sandbox.exec({ ...request, execId: context.itemId });
  if (!started.ok) return { output: "", exit: null, error: started.problem.detail };
  const kept = new KeptOutput();
  const end: CommandEnd = { output: "", exit: null, error: null };
  const take = (line: ExecLine) => {
    if (line.type === "exit") end.exit = line;
    if (line.type === "error") end.error = line.detail;
    if (!("data" in line)) return;
    kept.add(line.data);
    onOutput(line.data);
  };
  try {
    for await (const line of execLines(started.value, context.signal)) take(line);
  } catch {
    end.error = "The connection to the sandbox broke.";
  }
  const silent = end.exit || end.error ? null : "The command ended without saying how.";
  return { ...end, output: kept.text(), error: end.error ?? silent };
}

/** The lines of an NDJSON stream. Lines of types this reader does not know are skipped. */
async function* execLines(stream: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<ExecLine> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const stop = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", stop);
  let rest = "";
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const lines = (rest + chunk.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield* parseLine(line);
    }
    yield* parseLine(rest);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function* parseLine(line: string): Generator<ExecLine> {
  if (line.trim() === "") return;
  const parsed = execLine.safeParse(JSON.parse(line)).data;
  if (parsed) yield parsed;
}

/** The start of an output and as much of its end as fits. */
class KeptOutput {
  #head = "";
  #tail: string[] = [];
  #tailChars = 0;
  #dropped = 0;

  add(text: string): void {
    const room = MAX_KEPT_CHARS / 2 - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    const rest = text.slice(Math.max(0, room));
    if (rest === "") return;
    this.#tail.push(rest);
    this.#tailChars += rest.length;
    while (this.#tailChars - (this.#tail[0]?.length ?? 0) > MAX_KEPT_CHARS / 2) {
      const oldest = this.#tail.shift() ?? "";
      this.#tailChars -= oldest.length;
      this.#dropped += oldest.length;
    }
  }

  text(): string {
    const gap = this.#dropped > 0 ? `\n\n… ${this.#dropped} characters were not kept …\n\n` : "";
    return this.#head + gap + this.#tail.join("");
  }
}
