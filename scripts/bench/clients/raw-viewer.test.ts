import { describe, expect, it } from "vitest";
import { framesIn } from "./raw-viewer.ts";

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, body.length]), body]);
  const header = Buffer.alloc(body.length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = body.length < 65_536 ? 126 : 127;
  if (body.length < 65_536) header.writeUInt16BE(body.length, 2);
  else header.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([header, body]);
}

describe("frames of a raw viewer", () => {
  it("are read at all three lengths, pings left out", () => {
    const texts = ["short", "m".repeat(300), "l".repeat(70_000), "end"];
    const ping = Buffer.from([0x89, 0]);
    expect(framesIn(Buffer.concat([...texts.map(frame).flatMap((one) => [ping, one])]))).toEqual(texts);
  });
});
