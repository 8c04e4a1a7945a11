import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useBlocker } from "@remix-run/react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";
import { editable, languageOf } from "./language.ts";
import { unsaved } from "./unsaved.ts";
import { type FilePlace, useFile } from "./use-file.ts";

interface FileEditorProps {
  place: FilePlace;
  source: string;
  onReload: () => void;
}

/** A file as a field. It is saved when the person says so, and not left by accident before. */
export function FileEditor({ place, source, onReload }: FileEditorProps) {
  const key = `${place.id}:${place.path}`;
  const [kept] = useState(() => unsaved.of(key));
  const file = useFile(place, kept?.base ?? source);
  const view = useRef<EditorView | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const [words, setWords] = useState(kept?.text ?? source);
  const dirty = words !== file.base;
  const save = (over = false) => void file.save(words, over);
  useEffect(() => unsaved.keep(key, dirty ? { base: file.base, text: words } : null), [key, dirty, words, file.base]);
  useEditor(box, view, { path: place.path, first: words, onChange: setWords, onSave: save });
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div ref={box} className="min-h-0 flex-1 overflow-hidden" data-testid="file-view" />
      <SaveBar
        file={file}
        dirty={dirty}
        onSave={save}
        onReload={onReload}
        onRevert={() => {
          file.forget();
          setDocument(view.current, file.base);
        }}
      />
      <Guard path={place.path} dirty={dirty} onLeave={() => unsaved.keep(key, null)} />
    </div>
  );
}

interface EditorOptions {
  path: string;
  first: string;
  onChange: (words: string) => void;
  onSave: () => void;
}

/** Makes the field once; what it calls is always the newest. */
function useEditor(box: RefObject<HTMLElement>, view: { current: EditorView | null }, options: EditorOptions): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    let gone = false;
    const { path, first } = latest.current;
    const save = () => {
      latest.current.onSave();
      return true;
    };
    void languageOf(path).then((language) => {
      if (gone) return;
      const extensions = [
        editable(text.files.editor(path), first),
        history(),
        keymap.of([{ key: "Mod-s", run: save, preventDefault: true }, ...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.sliceDoc());
        }),
        language,
      ];
      view.current = new EditorView({ parent, state: EditorState.create({ doc: first, extensions }) });
    });
    return () => {
      gone = true;
      view.current?.destroy();
      view.current = null;
    };
  }, [box, view]);
}

function setDocument(view: EditorView | null, words: string): void {
  view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: view.state.toText(words) } });
  view?.focus();
}

interface SaveBarProps {
  file: ReturnType<typeof useFile>;
  dirty: boolean;
  onSave: (over?: boolean) => void;
  onRevert: () => void;
  onReload: () => void;
}

function SaveBar({ file: { outcome }, dirty, onSave, onRevert, onReload }: SaveBarProps) {
  if (!dirty && outcome === null) return null;
  const saving = outcome === "saving";
  return (
    <div className="flex shrink-0 flex-col gap-2 border-n6 border-t bg-n2 p-2" aria-busy={saving}>
      {outcome === "conflict" && (
        <Notice look="warning">
          <p>{text.files.conflict}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button onClick={() => onSave(true)}>{text.files.overwrite}</Button>
            <Button onClick={onReload}>{text.files.loadAgain}</Button>
          </div>
        </Notice>
      )}
      {outcome !== null && typeof outcome === "object" && <ProblemNotice problem={outcome.problem} />}
      <div className="flex items-center gap-2 pl-2">
        <span className="min-w-0 flex-1 text-12 text-n11" role="status">
          {saving ? text.files.saving : dirty ? text.files.unsaved : text.files.saved}
        </span>
        <Button look="quiet" disabled={saving || !dirty} onClick={onRevert}>
          {text.files.revert}
        </Button>
        <Button look="primary" disabled={saving || !dirty} onClick={() => onSave()}>
          {text.actions.save}
        </Button>
      </div>
    </div>
  );
}

interface GuardProps {
  path: string;
  dirty: boolean;
  onLeave: () => void;
}

/** Asks before the page, the tab or the file is left with changes that are not saved. */
function Guard({ path, dirty, onLeave }: GuardProps) {
  const blocker = useBlocker(dirty);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
  const ask = blocker.state === "blocked" && {
    title: text.files.leaveTitle,
    detail: text.files.leaveDetail(path),
    action: text.files.leaveAction,
    onConfirm: () => {
      onLeave();
      blocker.proceed();
    },
  };
  return <Confirm ask={ask || null} onClose={() => blocker.state === "blocked" && blocker.reset()} />;
}
