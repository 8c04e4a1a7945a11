import { noAccountText } from "../../lib/text-account.ts";
import { Empty } from "../ui/page.tsx";

export function NoAccount() {
  return <Empty {...noAccountText} />;
}
