import { expect, test } from "vitest";
import { readUserAgent } from "./user-agent.ts";

test("a browser is known by its most particular mark, and its system with it", () => {
  const chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
  const seen = (userAgent: string) => Object.values(readUserAgent(userAgent)).join(" ");
  expect(seen(chrome)).toBe("Chrome Linux");
  expect(seen(`${chrome} Edg/150.0`)).toBe("Edge Linux");
  expect(seen("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe(
    "Firefox Windows",
  );
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
  expect(seen(`${phone} Version/18.0 Mobile/15E148 Safari/604.1`)).toBe("Safari iOS");
  expect(seen("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15")).toBe(
    "Safari macOS",
  );
  expect(readUserAgent("curl/8.9.1")).toEqual({ browser: null, system: null });
});
