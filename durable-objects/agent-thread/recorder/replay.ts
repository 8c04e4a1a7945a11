import { fail, ok, type Result } from "#contract/problem";
import type { Exchange, RunRecording } from "#contract/recording";
import type { Request } from "./request.ts";

const SHOWN_CHARS = 160;
const SHOWN_BEFORE = 40;

type ExchangeOf<K extends Exchange["kind"]> = Extract<Exchange, { kind: K }>;

/**
 * Answers a run from the recording of another: each question must be the recorded one, in the recorded order. `done` says how
 * many exchanges of this run are stored, so that a replay that was lost in the middle goes on.
 */
export class Replay {
  readonly #recording: RunRecording;
  readonly #done: () => number;

  constructor(recording: RunRecording, done: () => number) {
    this.#recording = recording;
    this.#done = done;
  }

  /** The size of the model's window as it was when it was recorded. */
  get contextTokens(): number | null {
    return this.#recording.run.contextTokens;
  }

  /** The recorded answer; `conflict` says what differs, `not_found` that the recording ends here. */
  answer<K extends Exchange["kind"]>(kind: K, now: Request): Result<ExchangeOf<K>> {
    const { exchanges, blobs } = this.#recording;
    const recorded = exchanges[this.#done()];
    if (!recorded) return fail("not_found", "The recording ends here.");
    if (now.digest === recorded.digest && recorded.kind === kind) return ok(recorded as ExchangeOf<K>);
    const place = `Exchange ${recorded.n} of ${exchanges.length}, ${NAMES[recorded.kind]}`;
    if (recorded.kind !== kind) return fail("conflict", `${place}: ${NAMES[kind]} came in its place.`);
    return fail(
      "conflict",
      `${place}: ${differenceOf({ parts: recorded.request, blobs: new Map(Object.entries(blobs)) }, now)}`,
    );
  }

  /** Fails with `conflict` where the run has ended before its recording. */
  end(): Result<null> {
    const left = this.#recording.exchanges.length - this.#done();
    return left === 0 ? ok(null) : fail("conflict", `The run ended with ${left} recorded exchanges left.`);
  }
}

const NAMES = { model: "a model call", call: "a tool call" } as const;

type Side = Pick<Request, "parts" | "blobs">;

/** The first part that differs, with both sides from a little before where they part. */
function differenceOf(was: Side, is: Side): string {
  const [old, now] = [namedParts(was), namedParts(is)];
  const name = [...new Set([...old.keys(), ...now.keys()])].find((one) => old.get(one) !== now.get(one));
  if (name === undefined) return "the request differs.";
  const [before, after] = [old.get(name) ?? "", now.get(name) ?? ""];
  const from = Math.max(0, sameChars(before, after) - SHOWN_BEFORE);
  const shown = (text: string) => (text === "" ? "nothing" : text.slice(from, from + SHOWN_CHARS));
  return `${name} differs. Recorded: ${shown(before)} · Now: ${shown(after)}`;
}

/** Every part by its path, such as `messages.2`, as the text that it stands for. */
function namedParts({ parts, blobs }: Side): Map<string, string> {
  const flat = Object.entries(parts).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : value.map((one, index) => [`${name}.${index}`, one]),
  );
  return new Map(flat.map(([name, value]) => [name, blobs.get(value) ?? value]));
}

function sameChars(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
