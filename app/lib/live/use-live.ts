import { useRevalidator } from "@remix-run/react";
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Snapshot } from "#contract/conversation";
import { readKept, writeKept } from "../kept.ts";
import { newKey } from "../new-key.ts";
import type { Return, SocketLike } from "./connection.ts";
import { ConversationStore, type PendingMessage } from "./store.ts";

const StoreContext = createContext<ConversationStore | null>(null);
export const StoreProvider = StoreContext.Provider;

/** The conversation this part of the page is about. */
export function useStore(): ConversationStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error("a conversation component outside its StoreProvider");
  return store;
}

/** Reads the store; renders again only when what `select` gives is another value. */
export function useLive<T>(select: (store: ConversationStore) => T): T {
  const store = useStore();
  const read = () => select(store);
  return useSyncExternalStore(store.subscribe, read, read);
}

/** The head; the page exists only for a conversation that has one. */
export function useHead() {
  const head = useLive((store) => store.state.head);
  if (!head) throw new Error("a conversation without a head");
  return head;
}

/** A store for this snapshot, connected while the page is open. Who comes back as somebody else sees the page anew. */
export function useConversationStore(snapshot: Snapshot): ConversationStore {
  const { revalidate } = useRevalidator();
  const [store] = useState(() => makeStore(snapshot, revalidate));
  useEffect(() => {
    store.restore(readKept<PendingMessage[]>(outboxKey(snapshot.head.id)) ?? []);
    store.connection.start();
    const online = () => store.connection.retryNow();
    const offline = () => store.connection.lost();
    const visible = () => document.visibilityState === "visible" && store.connection.retryNow();
    window.addEventListener("online", online);
    window.addEventListener("offline", offline);
    document.addEventListener("visibilitychange", visible);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("offline", offline);
      document.removeEventListener("visibilitychange", visible);
      store.connection.stop();
    };
  }, [store, snapshot.head.id]);
  return store;
}

function makeStore(snapshot: Snapshot, onBack: () => void): ConversationStore {
  const { id } = snapshot.head;
  return new ConversationStore(snapshot, {
    open: (since) => openSocket(`/api/conversations/${id}/socket?since=${since}`),
    mayReturn: async () => {
      const answer = await mayRead(`/api/conversations/${id}/events?since=${snapshot.seq}&limit=1`);
      if (answer === "back") onBack();
      return answer;
    },
    isOnline: () => navigator.onLine,
    onNextFrame: (run) => {
      if (document.visibilityState === "visible") requestAnimationFrame(run);
      else setTimeout(run, 100);
    },
    newId: newKey,
    keep: (pending) => writeKept(outboxKey(id), pending.length > 0 ? pending : null),
  });
}

function outboxKey(conversationId: string): string {
  return `outbox:${conversationId}`;
}

async function mayRead(path: string): Promise<Return> {
  const response = await fetch(path).catch(() => null);
  if (response?.ok) return "back";
  if (response?.status === 401) return "signed_out";
  return response?.status === 403 || response?.status === 404 ? "no_access" : "later";
}

function openSocket(path: string): SocketLike {
  const { protocol, host } = window.location;
  return new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}${path}`) as SocketLike;
}
