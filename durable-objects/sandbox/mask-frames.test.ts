import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { maskFrames } from "./mask-frames.ts";

const frame = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;

function shown() {
  const frames: string[] = [];
  const masked = maskFrames(["secret-token"], (data) => {
    frames.push(typeof data === "string" ? `control ${data}` : new TextDecoder().decode(data));
  });
  return { frames, ...masked };
}

describe("terminal frames", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("SB26 a token is masked, also across frames, and every other byte passes", () => {
    const { frames, take } = shown();
    take(frame("żółw secret-"));
    take(frame("token € s"));
    expect(frames).toEqual(["żółw ", "[sandbox token] € "]);
  });

  test("SB26 what only begins like a token is shown a moment later, or before a message about the terminal", () => {
    const { frames, take, flush } = shown();
    take(frame("secre"));
    expect(frames).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(frames).toEqual(["secre"]);
    take(frame("s"));
    take('{"type":"exit"}');
    take(frame("se"));
    flush();
    vi.advanceTimersByTime(50);
    expect(frames).toEqual(["secre", "s", 'control {"type":"exit"}', "se"]);
  });
});
