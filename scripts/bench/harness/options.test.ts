import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("the options of the bench", () => {
  const read = (...argv: string[]) => readOptions(argv, { QUAYSIDE_STATE: "/state" }, "/root");

  it("have five rounds, fewer where it is only tried out, or as many as asked for", () => {
    expect(read()).toMatchObject({ rounds: 5, quick: false, names: [], json: "/state/bench/latest.json" });
    expect(read("append", "--quick")).toMatchObject({ rounds: 2, quick: true, names: ["append"] });
    expect(read("--quick", "--rounds=7", "--json=out.json")).toMatchObject({ rounds: 7, json: "/root/out.json" });
    expect([read(), read("--quick"), read("--patience=5")].map((one) => one?.patienceMs)).toEqual([600_000, 0, 5_000]);
    expect(read("--help")).toBeNull();
  });

  it("say in a sentence what is wrong with them", () => {
    expect(() => read("--rounds=0")).toThrow('--rounds must be a whole number from 1 on, not "0".');
    expect(() => read("--patience=long")).toThrow("--patience must be a number of seconds");
    expect(() => read("append", "--write")).toThrow("name none of them");
    expect(() => read("--seed=x")).toThrow("--seed must be a whole number");
    expect(() => read("--fast")).toThrow(/--fast.*npm run bench -- --help/);
  });
});
