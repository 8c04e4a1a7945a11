import { expect, test } from "vitest";
import { membersApi, orgApi, personalApi } from "./access-api.ts";
import { ApiProblem, createApi, type FetchLike } from "./api.ts";

const refusing = (status: number) =>
  createApi(async () => Response.json({ code: status === 404 ? "not_found" : "forbidden", detail: "No." }, { status }));

test("who has no account, and who sees no spaces, gets none; other refusals stay problems", async () => {
  expect(await personalApi(refusing(404)).readIfAny()).toBeNull();
  expect(await membersApi(refusing(403)).spacesIfAny()).toEqual([]);
  expect(await membersApi(refusing(403)).spaceIfSeen("spc_1")).toBeNull();
  await expect(personalApi(refusing(403)).readIfAny()).rejects.toBeInstanceOf(ApiProblem);
  await expect(membersApi(refusing(404)).spacesIfAny()).rejects.toBeInstanceOf(ApiProblem);
});

test("changes hold against what the page has seen, and ids stay one part of the path", async () => {
  const asked: [string, RequestInit | undefined][] = [];
  const fetchLike: FetchLike = async (path, init) => {
    asked.push([path, init]);
    return new Response(null, { status: 204 });
  };
  const api = createApi(fetchLike);
  await orgApi(api).removeProvider("idp_1", 7);
  await membersApi(api).dropSpaceMember("spc/1", "mem_1");
  expect(asked.map(([path]) => path)).toEqual(["/api/identity-providers/idp_1", "/api/spaces/spc%2F1/members/mem_1"]);
  expect(new Headers(asked[0]?.[1]?.headers).get("if-match")).toBe('"7"');
});
