import { createMask } from "./mask.ts";

/** People see what they type within this time, also where it could be the beginning of a secret. */
const HOLD_MS = 40;

/**
 * Passes the frames of a terminal on without the secrets in them. Binary frames are bytes of the terminal; text frames are
 * messages about it, passed as they are and in order. An end that could be the beginning of a secret waits a moment for the rest.
 */
export function maskFrames(secrets: readonly string[], send: (data: string | ArrayBuffer) => void) {
  const mask = createMask(secrets);
  let timer: ReturnType<typeof setTimeout> | null = null;
  const show = (text: string) => {
    if (text !== "") send(bytesOf(text));
  };
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    show(mask.end());
  };
  const take = (data: string | ArrayBuffer) => {
    if (timer !== null) clearTimeout(timer);
    if (typeof data === "string") {
      flush();
      send(data);
      return;
    }
    show(mask.take(textOf(data)));
    timer = setTimeout(flush, HOLD_MS);
  };
  return { take, flush };
}

const PIECE = 8_192;

/** One character a byte, so that no byte is lost and a secret, which is ASCII, is found. */
function textOf(data: ArrayBuffer): string {
  const bytes = new Uint8Array(data);
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

function bytesOf(text: string): ArrayBuffer {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes.buffer;
}
