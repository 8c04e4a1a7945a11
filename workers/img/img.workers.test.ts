import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { makeWorld } from "../shared/testing/world.ts";

const worker = (exports as unknown as { default: Fetcher }).default;

it("opens a file by the address the API gives, without cookies, and by no other", async () => {
  const world = await makeWorld();
  const png = Uint8Array.from(
    atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
    (char) => char.charCodeAt(0),
  );
  const upload = (body: BodyInit, name: string) =>
    world.fetch("/api/files", { method: "POST", body, headers: { "x-file-name": name, "content-type": "text/html" } });
  const image = await (await upload(png, "dot.png")).json<{ id: string; mime: string; size: number }>();
  expect(image).toMatchObject({ mime: "image/png", size: png.byteLength });
  const redirect = await world.fetch(`/api/files/${image.id}`, { redirect: "manual" });
  const location = redirect.headers.get("location") ?? "";
  expect([redirect.status, new URL(location).host]).toEqual([302, "img.localhost:8787"]);
  const served = await worker.fetch(location);
  expect(served.headers.get("content-type")).toBe("image/png");
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(png);
  const forged = await worker.fetch(`${location.slice(0, -4)}AAAA`);
  expect(forged.status).toBe(404);
  const page = await (await upload("<script>alert(1)</script>", "../x.html")).json<{
    id: string;
    mime: string;
    name: string;
  }>();
  expect(page).toMatchObject({ mime: "text/plain", name: "x.html" });
  const empty = await upload("", "empty.txt");
  expect(await empty.json()).toMatchObject({ code: "invalid" });
  const nameless = await world.fetch("/api/files", { method: "POST", body: "x" });
  expect(await nameless.json()).toMatchObject({ code: "invalid", fields: [{ field: "x-file-name" }] });
});
