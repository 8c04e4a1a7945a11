import type { ConversationHead } from "#contract/conversation";
import type { Event } from "#contract/event";
import type { SandboxReport } from "#platform/rpc";

/** The events of what a sandbox reports: none where it says what is known already. Pure. */
export function sandboxEvents(head: ConversationHead, report: SandboxReport): Event[] {
  switch (report.type) {
    case "sandbox.changed": {
      const [known, said] = [head.sandbox, report.sandbox].map(({ state, detail, driver, snapshot }) =>
        JSON.stringify([state, detail, driver, snapshot?.id]),
      );
      return known === said ? [] : [report];
    }
    case "changes.changed":
      return head.changedFiles === report.files ? [] : [report];
    case "port.opened":
      return head.ports.some((one) => one.port === report.port.port) ? [] : [report];
    case "port.closed":
      return head.ports.some((one) => one.port === report.port) ? [report] : [];
    default:
      return [report];
  }
}
