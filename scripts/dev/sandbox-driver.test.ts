import { expect, it } from "vitest";
import { chooseDriver } from "./sandbox-driver.ts";

const engine =
  (...answers: string[]) =>
  (_program: string, args: string[]) =>
    answers.includes(args[0] ?? "");

it("takes containers where a Docker engine with buildx answers, and says why", () => {
  expect(chooseDriver("auto", engine("info", "buildx"))).toEqual({
    name: "cloudflare",
    why: "a Docker engine with buildx answers",
  });
  expect(chooseDriver("auto", engine())).toEqual({ name: "local", why: "no Docker engine answers" });
  expect(chooseDriver("auto", engine("info"))).toEqual({ name: "local", why: "the Docker engine has no buildx" });
});

it("does what was asked for, or says what is missing", () => {
  expect(chooseDriver("local", engine("info", "buildx")).name).toBe("local");
  expect(chooseDriver("cloudflare", engine("info", "buildx")).name).toBe("cloudflare");
  expect(() => chooseDriver("cloudflare", engine())).toThrow("no Docker engine answers");
});
