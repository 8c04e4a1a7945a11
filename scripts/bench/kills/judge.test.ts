import { describe, expect, it } from "vitest";
import type { Envelope } from "#contract/event";
import { judgeStory, type Story } from "./judge.ts";

const message = (id: string, content: string) => ({ type: "message.posted", message: { id, content } });
const command = (id: string, token: string, status = "completed") => ({
  type: "item.completed",
  item: { id, status, detail: { command: `echo ${token} >> ran.log` } },
});

function storyOf(events: object[], overrides: Partial<Story> = {}): Story {
  const log = events.map((event, index) => ({ seq: index + 1, event })) as unknown as Envelope[];
  return { events: log, seen: log, posted: [], ran: [], ...overrides };
}

const posted = (n: number, acknowledged = true) => ({
  clientId: `k${n}`,
  content: `text ${n}`,
  messageId: acknowledged ? `m${n}` : null,
});

describe("what kills may not do", () => {
  it("finds nothing wrong with a whole story", () => {
    const events = [message("m1", "text 1"), command("i1", "t1"), message("m2", "text 2")];
    expect(judgeStory(storyOf(events, { posted: [posted(1), posted(2)], ran: ["t1"] }))).toEqual([]);
  });

  it("takes a message that nobody acknowledged once or not at all", () => {
    expect(judgeStory(storyOf([], { posted: [posted(1, false)] }))).toEqual([]);
    expect(judgeStory(storyOf([message("m1", "text 1")], { posted: [posted(1, false)] }))).toEqual([]);
  });

  it("finds a lost and a doubled message, and another order", () => {
    expect(judgeStory(storyOf([], { posted: [posted(1)] })).join()).toContain("1 acknowledged messages are lost");
    const twice = [message("m1", "text 1"), message("m9", "text 1")];
    expect(judgeStory(storyOf(twice, { posted: [posted(1)] })).join()).toContain("1 messages are doubled");
    const turned = [message("m2", "text 2"), message("m1", "text 1")];
    expect(judgeStory(storyOf(turned, { posted: [posted(1), posted(2)] })).join()).toContain("another order");
  });

  it("finds a gap in the log, an event doubled, and what a viewer saw otherwise", () => {
    const story = storyOf([command("i1", "t1"), command("i1", "t1")], { ran: ["t1"] });
    expect(judgeStory(story).join()).toContain("1 of item.completed are doubled");
    const gap = story.events.map((one, index) => (index === 1 ? { ...one, seq: 3 } : one));
    expect(judgeStory({ ...story, events: gap }).join()).toContain("event 3 stands at 2");
    expect(judgeStory({ ...story, seen: [] }).join()).toContain("a viewer saw 0 of 2 events");
  });

  it("finds a command that did not run, or ran more often than it has steps", () => {
    expect(judgeStory(storyOf([command("i1", "t1")])).join()).toContain("command t1 ran 0 times");
    expect(judgeStory(storyOf([command("i1", "t1")], { ran: ["t1", "t1"] })).join()).toContain("ran 2 times");
    expect(judgeStory(storyOf([command("i1", "t1", "interrupted")]))).toEqual([]);
    expect(judgeStory(storyOf([command("i1", "t1", "interrupted")], { ran: ["t1"] }))).toEqual([]);
  });
});
