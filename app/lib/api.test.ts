import { describe, expect, test } from "vitest";
import { FakeApi } from "../testing/fake-api.ts";
import { id } from "../testing/fixtures.ts";
import { ApiProblem, createApi, type FetchLike, problemFrom } from "./api.ts";
import { settingsApi } from "./settings-api.ts";

const over = (answer: (request: Request) => Promise<Response> | Response) => {
  const asked: { url: string; headers: Headers }[] = [];
  const fetchLike: FetchLike = async (path, init) => {
    const request = new Request(new URL(path, "http://demo.localhost"), init);
    asked.push({ url: request.url, headers: request.headers });
    return answer(request);
  };
  return { api: createApi(fetchLike), asked };
};

describe("api", () => {
  test("reads every answer by the contract", async () => {
    const fake = new FakeApi();
    const { api } = over((request) => fake.handle(request));
    const conversationId = id("cnv", 1);
    expect((await api.me()).org.slug).toBe("demo");
    expect((await api.models())[0]?.demo).toBe(true);
    expect((await api.conversations.list({ q: "greeting" })).items).toHaveLength(1);
    expect((await api.conversations.get(conversationId)).head.id).toBe(conversationId);
    expect((await api.conversations.create({})).id).toMatch(/^cnv_/);
    expect((await api.repositories.list()).items).toHaveLength(2);
    expect((await settingsApi(api).providers()).items).toHaveLength(1);
    expect((await api.workspace.changes(conversationId)).files).toHaveLength(3);
    expect((await api.workspace.content(conversationId, "src/greet.js")).text).toContain("Good day");
  });

  test("a problem is thrown as it was given", async () => {
    const { api } = over(() =>
      Response.json(
        { type: "x", title: "x", status: 429, code: "rate_limited", detail: "Slow down.", retryAfterS: 3 },
        { status: 429 },
      ),
    );
    const error = await api.me().catch((one) => one);
    expect(error).toBeInstanceOf(ApiProblem);
    expect(problemFrom(error)).toEqual({ code: "rate_limited", detail: "Slow down.", retryAfterS: 3 });
  });

  test("an answer without a reason, and no answer, are problems too", async () => {
    const broken = over(() => new Response("<html>", { status: 502 }));
    await expect(broken.api.me()).rejects.toMatchObject({ problem: { code: "internal" }, status: 502 });
    const silent = over(() => Promise.reject(new TypeError("network")));
    await expect(silent.api.me()).rejects.toMatchObject({ problem: { code: "unavailable" } });
  });

  test("paths, names and ids cannot change the address", async () => {
    const { api, asked } = over(() => Response.json({ path: "a", diff: "", binary: false, truncated: false }));
    await api.workspace.diff("cnv_1/../../me?", "a b&c=#.txt");
    expect(new URL(asked[0]?.url ?? "").pathname).toBe("/api/conversations/cnv_1%2F..%2F..%2Fme%3F/changes/diff");
    expect(new URL(asked[0]?.url ?? "").searchParams.get("path")).toBe("a b&c=#.txt");
  });

  test("an upload carries its name in a header that takes any name", async () => {
    const stored = {
      id: id("fil", 1),
      name: "é.png",
      mime: "image/png",
      size: 1,
      createdAt: "2026-11-20T08:00:00.000Z",
    };
    const { api, asked } = over(() => Response.json(stored));
    await api.upload({ name: "é 1.png", type: "image/png", body: new Blob(["x"]) });
    expect(asked[0]?.headers.get("x-file-name")).toBe("%C3%A9%201.png");
  });
});
