import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMask, maskText } from "./mask.ts";

const alphabet = fc.constantFrom("a", "b", "é", "\n");
const word = (min: number, max: number) => fc.string({ unit: alphabet, minLength: min, maxLength: max });
const secrets = fc.array(word(1, 6), { maxLength: 4 });

function inPieces(known: string[], pieces: string[]): string {
  const mask = createMask(known);
  return pieces.map((piece) => mask.take(piece)).join("") + mask.end();
}

describe("mask", () => {
  test("SB26 however a text is cut, the result is that of the whole", () => {
    fc.assert(
      fc.property(secrets, fc.array(word(0, 8)), (known, pieces) => {
        expect(inPieces(known, pieces)).toBe(maskText(known, pieces.join("")));
      }),
      { numRuns: 2_000 },
    );
  });

  test("SB26 the whole is what replacing each secret gives, the leftmost and longest first", () => {
    fc.assert(
      fc.property(secrets, word(0, 40), (known, text) => {
        const sorted = [...new Set(known)].sort((a, b) => b.length - a.length);
        const expected =
          sorted.length === 0 ? text : text.replace(new RegExp(sorted.join("|"), "g"), "[sandbox token]");
        expect(maskText(known, text)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test("SB26 no secret of several letters is left, wherever the cuts are", () => {
    const token = "eyJhbGciOiJIUzI1NiJ9.payload.signature";
    const text = `QUAYSIDE_TOKEN=${token}\neyJhbeyJhb${token}${token}ey`;
    for (let cut = 0; cut <= text.length; cut++) {
      const shown = inPieces([token], [text.slice(0, cut), text.slice(cut)]);
      expect(shown).toBe("QUAYSIDE_TOKEN=[sandbox token]\neyJhbeyJhb[sandbox token][sandbox token]ey");
    }
  });

  test("SB26 only what could become a secret waits", () => {
    const mask = createMask(["secret"]);
    expect([mask.take("a sec"), mask.take("ond sec"), mask.take("ret!"), mask.take("s"), mask.end()]).toEqual([
      ...["a ", "second ", "[sandbox token]!", "", "s"],
    ]);
  });
});
