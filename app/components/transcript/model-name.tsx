import { useModelFace } from "../../lib/models.ts";
import { text } from "../../lib/text.ts";

/** The model of a run by its name. The demo model is marked, so that nobody takes its answers for a real model's. */
export function ModelName({ id }: { id: string }) {
  const { name, demo } = useModelFace(id);
  if (!demo) return <span title={id}>{name}</span>;
  return (
    <span className="rounded-6 bg-amber-soft px-1.5 text-amber" title={text.models.demoDetail}>
      {name}
    </span>
  );
}
